// Takes a picture of every screen in both themes and two sizes, with invented
// data, and lists what the accessibility checker finds:
//
//   npm run look -- DIRECTORY [scene] [screens] [themes] [widths]
//
// Scenes: busy, half, left, signin, empty, error, loading.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const [directory = "look", scene = "busy", only = "", themes = "light,dark", widths = "1024,1440"] =
  process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Each screen: where it is, and what to do there before the picture. */
const screens = {
  platforms: { path: "/" },
  menu: { path: "/", act: (page) => page.getByLabel("More for Google Chat").click() },
  disconnect: {
    path: "/",
    act: async (page) => {
      await page.getByLabel("More for Google Chat").click();
      await page.getByText("Disconnect…").click();
    },
  },
  settingsTab: { path: "/platforms/google/settings" },
  feature: {
    path: "/platforms/google/settings",
    act: async (page) => {
      await page.getByRole("switch", { name: "Guest and interop accounts" }).click({ force: true });
    },
  },
  checks: { path: "/platforms/google/checks" },
  checkHistory: {
    path: "/platforms/google/checks",
    act: (page) =>
      page
        .getByRole("button", { name: /^History: Delegation/ })
        .first()
        .click(),
  },
  permissions: { path: "/platforms/google/permissions" },
  connect: { path: "/connect/google" },
  register: {
    path: "/connect/google",
    act: (page) => page.getByRole("button", { name: /App registration/ }).click(),
  },
  invitations: {
    path: "/connect/google",
    act: (page) => page.getByRole("button", { name: /Chat invitations/ }).click(),
  },
  probe: {
    path: "/connect/google",
    act: async (page) => {
      await page.getByRole("button", { name: /Chat invitations/ }).click();
      await page.getByRole("button", { name: /^Try it out/ }).click();
    },
  },
  connectTeams: { path: "/connect/microsoft" },
  methodTwo: {
    path: "/connect/microsoft",
    act: (page) =>
      page
        .getByRole("button", { name: /Authorize Mio/ })
        .first()
        .click(),
  },
  people: { path: "/people" },
  person: {
    path: "/people",
    act: async (page) => {
      await page.getByRole("button", { name: /To confirm/ }).click();
      await page.locator('[role="row"][data-clickable]').first().click();
    },
  },
  scope: {
    path: "/people",
    act: async (page) => {
      await page.getByRole("button", { name: /^Who takes part of Google Chat/ }).click();
      await page.getByRole("radio", { name: /^Groups/ }).click({ force: true });
    },
  },
  account: {
    path: "/people",
    act: async (page) => {
      await page.getByRole("button", { name: /No match/ }).click();
      await page.locator('[role="row"][data-clickable]').first().click();
      await page.getByRole("button", { name: "Make an account there…" }).click();
    },
  },
  rooms: { path: "/rooms" },
  room: {
    path: "/rooms",
    act: async (page) => {
      await page.getByRole("button", { name: /Suggested/ }).click();
      await page.locator('[role="row"][data-clickable]').first().click();
    },
  },
  plan: { path: "/plan" },
  planRow: {
    path: "/plan",
    act: async (page) => {
      await page.getByRole("button", { name: /Link rooms/ }).click();
      await page.locator('[role="row"][data-clickable]').nth(1).click();
    },
  },
  history: { path: "/plan", act: (page) => page.getByRole("tab", { name: "History" }).click() },
  activity: { path: "/activity" },
  entry: {
    path: "/activity",
    act: (page) => page.getByText("Attachment left out").first().click(),
  },
  settings: { path: "/settings" },
  help: { path: "/help" },
  sandbox: { path: "/sandbox" },
};

const sizes = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
];

mkdirSync(directory, { recursive: true });
await build({ mode: "fake", build: { outDir: ".look" }, logLevel: "warn" });
const server = await preview({ build: { outDir: ".look" }, preview: { port: 4179 } });
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
let findings = 0;
for (const theme of themes.split(",")) {
  for (const viewport of sizes.filter(({ width }) => widths.includes(String(width)))) {
    const context = await browser.newContext({
      viewport,
      colorScheme: theme,
      reducedMotion: "reduce",
      bypassCSP: true,
    });
    for (const [name, screen] of Object.entries(screens)) {
      if (only && !only.split(",").includes(name)) continue;
      findings += await look(context, theme, viewport, name, screen);
    }
    await context.close();
  }
}
await browser.close();
await server.close();
process.exit(findings > 0 ? 1 : 0);

async function look(context, theme, viewport, name, screen) {
  const page = await context.newPage();
  const where = `${name} ${theme} ${viewport.width}`;
  let problems = 0;
  const complain = (text) => {
    problems++;
    process.stdout.write(`${where}: ${text}\n`);
  };
  page.on("pageerror", (error) => complain(error.message));
  page.on("console", (message) => message.type() === "error" && complain(message.text()));
  await page.goto(`${base}?scene=${scene}#${screen.path}`);
  if (scene !== "loading") await page.waitForSelector('main:not(:has([aria-busy="true"])) h1');
  await page.waitForTimeout(250);
  if (screen.act && scene === "busy") {
    await screen.act(page);
    await page.waitForTimeout(350);
  }
  await page.screenshot({ path: join(directory, `${name}-${theme}-${viewport.width}.png`) });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const violation of violations) {
    complain(
      `${violation.id}: ${violation.nodes[0].html.slice(0, 160)} (${violation.nodes.length})`,
    );
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  if (overflow) complain("wider than the window");
  await page.close();
  return problems;
}
