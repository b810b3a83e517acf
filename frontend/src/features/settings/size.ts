const names = ["bytes", "kB", "MB", "GB", "TB"];

/** "48.2 MB". */
export function bytes(n: number): string {
  let size = n;
  let at = 0;
  while (size >= 1000 && at < names.length - 1) {
    size /= 1000;
    at++;
  }
  return `${at === 0 ? size : size.toFixed(1)} ${names[at]}`;
}
