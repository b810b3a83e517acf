// Mail programs are handed a whole address; some systems cut it at this length.
const longest = 1900;

/**
 * The address that begins an e-mail with a text, "" when the text is none. A text is an e-mail when
 * its first line is its subject. As many paragraphs are handed over as fit.
 */
export function mailto(text: string): string {
  const [, subject, body] = /^Subject: (.+)\n\n([\s\S]*)$/.exec(text) ?? [];
  if (!subject || body === undefined) return "";
  const paragraphs = body.trim().split("\n\n");
  const address = () =>
    `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(paragraphs.join("\n\n"))}`;
  while (address().length > longest && paragraphs.length > 1) paragraphs.pop();
  return address();
}
