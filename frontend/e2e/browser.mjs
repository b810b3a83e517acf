// A real browser: the window's page, and the pages that the hub opens in it.
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { until } from "./until.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const names = ["chromium", "chromium-browser", "google-chrome"];

const sizes = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
];

const installed = () =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** Starts the browser that is installed, on a window of the smallest size. */
export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? installed();
  if (!executablePath) throw new Error(`none of ${names.join(", ")} is installed`);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const context = await browser.newContext({ viewport: sizes[0], reducedMotion: "reduce" });
  context.setDefaultTimeout(20_000);
  return { context, close: () => browser.close() };
}

/** Collects what goes wrong in a page; the toolkit's own script is not ours to mend. */
export function watch(page) {
  const problems = [];
  const complain = (text) => {
    if (!text.includes("/wails/ipc.js")) problems.push(text);
  };
  page.on("pageerror", (error) => complain(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complain(`${message.text()} (${message.location().url})`);
  });
  return problems;
}

/** Presses every Accept of a vendor's pages, signing in with address where asked. */
export async function accept(context, url, address) {
  const page = await context.newPage();
  await page.goto(url);
  const button = page.getByRole("button", { name: "Accept" });
  let pressed = 0;
  while ((await button.count()) > 0) {
    const field = page.getByRole("textbox").first();
    if ((await field.count()) > 0 && address) await field.fill(address);
    const moved = page.waitForEvent("framenavigated");
    await button.first().click();
    await moved;
    await page.waitForLoadState();
    pressed++;
  }
  const seen = { url: page.url(), text: await page.innerText("body"), pressed };
  await page.close();
  return seen;
}

/** The system's browser as the hub uses it: pages are visited in the order they are opened. */
export function systemBrowser(context, opened) {
  let visited = 0;
  return {
    /** Waits for the next page and answers its address. */
    next: () =>
      until("a page is opened in the browser", () => {
        const url = opened()[visited];
        if (url) visited++;
        return url;
      }),
    async accept(address) {
      return accept(context, await this.next(), address);
    },
  };
}

const pictures = process.env.MIOHUB_SHOTS ?? mkdtempSync(join(tmpdir(), "miohub-shots-"));
mkdirSync(pictures, { recursive: true });

export { pictures };

/**
 * Takes a picture of what is shown in both themes and sizes, and answers what
 * the accessibility checker finds serious or critical.
 */
export async function look(page, name) {
  const found = [];
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor();
    for (const size of sizes.toReversed()) {
      await page.setViewportSize(size);
      await page.evaluate(drawn);
      await page.screenshot({ path: join(pictures, `${name}-${theme}-${size.width}.png`) });
      found.push(...(await overflow(page, `${name}, ${theme}, ${size.width} wide`)));
    }
    found.push(...(await violations(page, `${name}, ${theme}`)));
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

// A change of size is measured in one frame and drawn in the next.
const drawn = () =>
  new Promise((resolve) => {
    let frames = 4;
    const next = () => (frames-- > 0 ? requestAnimationFrame(next) : resolve());
    next();
  });

async function overflow(page, where) {
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  return wider ? [`${where}: wider than the window`] : [];
}

async function violations(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations: list } = await page.evaluate(() =>
    window.axe.run({ resultTypes: ["violations"] }),
  );
  return list
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${where}: ${id} at ${nodes[0].html.slice(0, 200)} (${nodes.length})`);
}
