// An administrator's way through the window, in a real browser and with the real
// Go services behind it: both Connect wizards, import, plan, conversation, log,
// settings and disconnecting, on two sandbox tenants made from a random seed.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { look, pictures, startBrowser, systemBrowser, watch } from "./browser.mjs";
import { startHub } from "./hub.mjs";
import * as ui from "./scenes.mjs";
import { readTruth } from "./truth.mjs";
import { until } from "./until.mjs";

const size = { seed: Number(process.env.MIOHUB_SEED ?? randomInt(1, 2 ** 31)), people: 60, rooms: 8 };
const google = "Google Chat";
const teams = "Microsoft Teams";

const folder = mkdtempSync(join(tmpdir(), "miohub-e2e-"));
let hub;
let browser;
let page;
let problems;
let system;
let truth;

before(async () => {
  browser = await startBrowser();
  truth = await readTruth(browser.context, size);
  hub = await startHub(size, folder);
  system = systemBrowser(browser.context, hub.opened);
  page = await browser.context.newPage();
  problems = watch(page);
  await page.goto(hub.url);
});

after(async () => {
  await browser?.close();
  const code = await hub?.close();
  rmSync(folder, { recursive: true, force: true });
  assert.equal(code, 0, "the program did not end well");
});

// Each scene goes on where the one before ended, so that one that fails ends the run.
let broken = "";

function scene(name, run) {
  test(name, async (t) => {
    assert.equal(broken, "", "an earlier scene failed");
    broken = name;
    try {
      await run(t);
      assert.deepEqual(problems, [], "problems in the page");
    } catch (reason) {
      t.diagnostic(`seed ${size.seed}, at ${page?.url()}, pictures in ${pictures}`);
      t.diagnostic(`the program said: ${hub?.said()}`);
      await page?.screenshot({ path: join(pictures, "failed.png") });
      throw reason;
    }
    broken = "";
  });
}

async function accessible(name) {
  assert.deepEqual(await look(page, name), []);
}

scene("Platforms begins empty", async () => {
  await ui.heading(page, "Platforms").waitFor();
  for (const name of [google, teams]) {
    await ui.card(page, name).getByText("Not connected").waitFor();
    await ui.card(page, name).getByRole("button", { name: "Connect" }).waitFor();
  }
  await accessible("platforms-new");
});

scene("Google Chat: the wizard can be closed in the middle and resumed", async () => {
  await ui.card(page, google).getByRole("button", { name: "Connect" }).click();
  await ui.heading(page, `Connect ${google}`).waitFor();
  await ui.reach(page, "App registration");
  await accessible("google-1-registration");
  await ui.forward(page);
  const invitations = "Automatically accept invitations";
  await ui.reach(page, invitations);
  await page.getByRole("button", { name: "Open the Admin Console" }).click();
  assert.match(await system.next(), /appslist/);
  await ui.tickAll(page, invitations);
  await page.getByRole("button", { name: "Close" }).click();
  await ui.card(page, google).getByRole("button", { name: "Continue set-up" }).click();
  await ui.reach(page, invitations);
  await ui.step(page, invitations).getByRole("checkbox", { checked: true }).waitFor();
  await ui.step(page, invitations).getByText("Ticked by").waitFor();
  await accessible("google-2-invitations");
  await ui.forward(page);
  await ui.reach(page, "Other settings");
  await ui.tickAll(page, "Other settings");
  await accessible("google-3-settings");
  await ui.forward(page);
});

scene("Google Chat: the administrator authorizes in another tab", async () => {
  await ui.reach(page, "Authorize Mio");
  await accessible("google-4-authorize");
  await page.getByRole("button", { name: "Authorize Mio" }).click();
  await page.getByText("Continue in your browser").waitFor();
  const seen = await system.accept(truth.google.admin);
  assert.equal(seen.pressed, 1);
  await ui.step(page, "Authorize Mio").getByText(`Signed in as ${truth.google.admin}`).waitFor();
  await ui.forward(page);
});

scene("Google Chat: delegation is proved scope by scope", async () => {
  const title = "Domain-wide delegation";
  await ui.reach(page, title);
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await ui.step(page, title).getByText("not granted").first().waitFor();
  await accessible("google-5-delegation-missing");
  await page.getByRole("button", { name: "Open the pre-filled entry" }).click();
  const seen = await system.accept(truth.google.admin);
  assert.match(seen.text, /API clients/);
  await ui.tickAll(page, title);
  const counted = ui.step(page, title).getByText(/^(\d+) of \1 granted$/);
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await counted.waitFor();
  await accessible("google-6-delegation-granted");
  await page.getByRole("button", { name: "Finish", exact: true }).click();
  await ui.card(page, google).getByText("Connected", { exact: true }).waitFor();
  await ui.card(page, google).getByText(truth.google.admin).waitFor();
  await accessible("platforms-half");
});

scene("Microsoft Teams: Method 1 and the bridge account", async () => {
  await ui.card(page, teams).getByRole("button", { name: "Connect" }).click();
  await ui.reach(page, "App registration");
  await accessible("teams-1-registration");
  await ui.forward(page);
  await ui.tickAll(page, "Settings in Microsoft 365");
  await accessible("teams-2-settings");
  await ui.forward(page);
  await ui.reach(page, "Authorize Mio");
  await accessible("teams-3-authorize");
  await page.getByRole("button", { name: "Authorize Mio" }).click();
  await system.accept(truth.microsoft.admin);
  await system.accept(truth.microsoft.admin);
  await ui.step(page, "Authorize Mio").getByText(`Signed in as ${truth.microsoft.admin}`).waitFor();
  await ui.forward(page);
  const bridge = "Sign in the bridge account";
  await ui.reach(page, bridge);
  await page.getByRole("button", { name: bridge }).click();
  await system.accept(truth.microsoft.bridge);
  await ui.step(page, bridge).getByText(`Signed in as ${truth.microsoft.bridge}`).first().waitFor();
  await accessible("teams-4-bridge");
  await ui.forward(page);
  await ui.reach(page, "Consent, verified");
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByText(/^(\d+) of \1 granted$/).waitFor();
  await accessible("teams-5-consent");
  await page.getByRole("button", { name: "Finish", exact: true }).click();
  for (const name of [google, teams]) {
    await ui.card(page, name).getByText("Connected", { exact: true }).waitFor();
  }
  await accessible("platforms-connected");
});
