// An administrator's way through the window, in a real browser and with the real
// Go services behind it: both Connect wizards, import, plan, conversation, log,
// settings and disconnecting, on two sandbox tenants made from a random seed.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accept, look, pictures, startBrowser, systemBrowser, watch } from "./browser.mjs";
import { startHub } from "./hub.mjs";
import * as ui from "./scenes.mjs";
import { readTruth } from "./truth.mjs";
import { until } from "./until.mjs";

const size = {
  seed: Number(process.env.MIOHUB_SEED ?? randomInt(1, 2 ** 31)),
  people: 60,
  rooms: 8,
};
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
  assert.equal(code, 0, `the program did not end well: ${hub?.said()}`);
});

// Each scene goes on where the one before ended, so that one that fails ends the run.
const scenes = [];
const scene = (name, run) => scenes.push({ name, run });

test("an administrator's way through the window", async (t) => {
  for (const { name, run } of scenes) {
    let ended = false;
    await t.test(name, async (t) => {
      try {
        await run();
        assert.deepEqual(problems, [], "problems in the page");
        ended = true;
      } catch (reason) {
        await page?.screenshot({ path: join(pictures, "failed.png") });
        t.diagnostic(`seed ${size.seed}, at ${page?.url()}, pictures in ${pictures}`);
        t.diagnostic(`the program said: ${hub?.said()}`);
        throw reason;
      }
    });
    if (!ended) break;
  }
  t.diagnostic(`seed ${size.seed}, pictures in ${pictures}`);
});

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
  await ui.go(page, "App registration");
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
  await ui
    .step(page, invitations)
    .getByText(/^Confirmed by .*, not verified/)
    .first()
    .waitFor();
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
  await ui.press(page, "Authorize Mio", "Authorize Mio");
  await page.getByText("Continue in your browser").waitFor();
  const seen = await system.accept(truth.google.admin);
  assert.equal(seen.pressed, 1);
  await ui.step(page, "Authorize Mio").getByText(`Signed in as ${truth.google.admin}`).waitFor();
  await ui.forward(page);
});

scene("Google Chat: delegation is proved scope by scope", async () => {
  const title = "Domain-wide delegation";
  await ui.reach(page, title);
  await ui.press(page, title, "Confirm");
  await ui
    .step(page, title)
    .getByText(/not in the list of domain-wide delegation/)
    .first()
    .waitFor();
  await ui
    .step(page, title)
    .getByText(/^0 of \d+ granted$/)
    .waitFor();
  await accessible("google-5-delegation-missing");
  await page.getByRole("button", { name: "Open the pre-filled entry" }).click();
  const seen = await system.accept(truth.google.admin);
  assert.match(seen.text, /API clients/);
  await ui.tickAll(page, title);
  await ui.press(page, title, "Confirm");
  await ui.allGranted(page, title);
  await accessible("google-6-delegation-granted");
  await page.getByRole("button", { name: "Finish", exact: true }).click();
  await ui.card(page, google).getByText("Connected", { exact: true }).waitFor();
  await ui.card(page, google).getByText(truth.google.admin).waitFor();
  await accessible("platforms-half");
});

scene("Microsoft Teams: consent by Method 2, in another administrator's browser", async () => {
  await ui.card(page, teams).getByRole("button", { name: "Connect" }).click();
  await ui.heading(page, `Connect ${teams}`).waitFor();
  // The registration is shipped, and may have been proved by itself already.
  await ui.go(page, "App registration");
  await accessible("teams-1-registration");
  await ui.forward(page);
  await ui.tickAll(page, "Settings in Microsoft 365");
  await accessible("teams-2-settings");
  await ui.forward(page);
  await ui.reach(page, "Authorize Mio");
  const authorize = ui.step(page, "Authorize Mio");
  await accessible("teams-3-authorize");
  await authorize.getByRole("button", { name: "Write the e-mail" }).click();
  const mail = new URL(await system.next());
  assert.equal(mail.protocol, "mailto:");
  const link = await ui.copied(page, "Link for your administrator");
  assert.ok(mail.searchParams.get("body").includes(link), "the e-mail lacks the link");
  await ui.press(page, "Authorize Mio", "Look now");
  await authorize
    .getByText(/consent/i)
    .first()
    .waitFor();
  await accessible("teams-3-authorize-waiting");
  await accept(browser.context, link, truth.microsoft.admin);
  await ui.press(page, "Authorize Mio", "Look now");
  await ui.stepDone(page, "Authorize Mio");
  await accessible("teams-3-authorize-method-2");
  await ui.forward(page);
  const bridge = "Sign in the bridge account";
  await ui.reach(page, bridge);
  await ui.press(page, bridge, bridge);
  await system.accept(truth.microsoft.bridge);
  await ui.step(page, bridge).getByText(`Signed in as ${truth.microsoft.bridge}`).first().waitFor();
  await accessible("teams-4-bridge");
  await ui.forward(page);
  await ui.reach(page, "Consent, verified");
  await ui.press(page, "Consent, verified", "Confirm");
  await ui.allGranted(page, "Consent, verified");
  await accessible("teams-5-consent");
  await page.getByRole("button", { name: "Finish", exact: true }).click();
  for (const name of [google, teams]) {
    await ui.card(page, name).getByText("Connected", { exact: true }).waitFor();
  }
  await accessible("platforms-connected");
});

scene("Microsoft Teams: Method 1, by signing in again", async () => {
  await ui.menu(page, teams, "Re-authenticate");
  await ui.heading(page, `Set-up of ${teams}`).waitFor();
  await ui
    .rail(page)
    .getByRole("button", { name: /Authorize Mio/ })
    .click();
  await ui.press(page, "Authorize Mio", "Authorize Mio");
  await system.accept(truth.microsoft.admin);
  await system.accept(truth.microsoft.admin);
  await ui.step(page, "Authorize Mio").getByText(`Signed in as ${truth.microsoft.admin}`).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await ui.card(page, teams).getByText("Connected", { exact: true }).waitFor();
});

scene("A feature shows what it asks for before it is switched", async () => {
  await ui.menu(page, google, "Settings");
  const box = page.getByRole("switch", { name: "Accounts for people without one" });
  await box.waitFor();
  await ui.settled(page);
  await accessible("google-settings");
  await ui.flip(box);
  const dialog = page.getByRole("dialog", { name: "Switch “Accounts for people without one” on?" });
  await dialog.getByText("admin.directory.user", { exact: false }).first().waitFor();
  await accessible("google-feature-on");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  const name = "Accounts for people without one";
  await page.getByRole("switch", { name, checked: true }).waitFor();
  await ui.flip(box);
  const off = page.getByRole("dialog", { name: "Switch “Accounts for people without one” off?" });
  await off.getByRole("listitem").first().waitFor();
  await off.getByRole("button", { name: "Save", exact: true }).click();
  await off.waitFor({ state: "detached" });
  await page.getByText("No longer asked for. You may revoke it").waitFor();
  await accessible("google-feature-revocable");
  await page.getByRole("button", { name: "It is revoked" }).click();
  await page.getByText("No longer asked for. You may revoke it").waitFor({ state: "detached" });
});

scene("An invitation is tried out, after saying what that makes", async () => {
  const name = "Trying out invitations";
  await ui.flip(page.getByRole("switch", { name }));
  await page
    .getByRole("dialog", { name: `Switch “${name}” on?` })
    .getByRole("button", { name: "Save and open “Domain-wide delegation”" })
    .click();
  const delegation = "Domain-wide delegation";
  await ui.reach(page, delegation);
  await page.getByRole("button", { name: "Open the pre-filled entry" }).click();
  await system.accept(truth.google.admin);
  await ui.press(page, delegation, "Confirm");
  await ui.allGranted(page, delegation);
  const invitations = "Automatically accept invitations";
  await ui.rail(page).getByRole("button", { name: invitations }).click();
  await ui.reach(page, invitations);
  const step = ui.step(page, invitations);
  const person = truth.google.people.find(
    ({ active, address }) => active && address !== truth.google.admin,
  );
  const field = step.getByRole("textbox", { name: /^Test person/ });
  await field.fill(person.address);
  await field.press("Enter");
  await step.getByRole("button", { name: "Try it out…" }).click();
  const dialog = page.getByRole("dialog", { name: "Try it out" });
  await dialog.getByText("Makes a temporary space").waitFor();
  await accessible("google-probe-asks");
  await dialog.getByRole("button", { name: "Try it out" }).click();
  await step.getByText(/^Tried out/).waitFor();
  await step.getByText("verified", { exact: true }).waitFor();
  await accessible("google-probe-proved");
  await page.getByRole("button", { name: "Close", exact: true }).click();
});

scene("A fault is named on the card with its cause and its mending page", async () => {
  const fault = "The Chat app was never configured";
  await switchFault(fault);
  await ui.open(page, "Platforms");
  await ui.menu(page, google, "Check now");
  const seen = ui.card(page, google);
  await seen
    .getByText(/Chat app/)
    .first()
    .waitFor();
  await seen.getByRole("button", { name: "Mend it" }).first().waitFor();
  await accessible("platforms-fault");
  await seen.getByRole("button", { name: "Open the set-up" }).first().click();
  await ui.heading(page, `Set-up of ${google}`).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await switchFault(fault);
  await ui.open(page, "Platforms");
  await ui.menu(page, google, "Check now");
  await seen.getByText("Connected", { exact: true }).waitFor();
  await ui.menu(page, google, "Settings");
  await page.getByRole("tab", { name: "Checks" }).click();
  await page.getByRole("button", { name: "History: The Chat app is configured" }).click();
  const spans = page.getByRole("list", { name: "What it found before" }).getByRole("listitem");
  await until("the check's history is shown", async () => (await spans.count()) === 3);
  await accessible("google-check-history");
});

async function switchFault(title) {
  await ui.open(page, "Sandbox");
  await ui.search(page, title);
  await ui.flip(page.getByRole("switch", { name: title }));
  await ui.settled(page);
}

scene("People are imported from both sides and matched", async () => {
  await ui.open(page, "People");
  await page.getByText("Nobody imported yet").waitFor();
  await accessible("people-empty");
  await page.getByRole("button", { name: "Import people and spaces" }).click();
  for (const [name, side] of [
    [google, truth.google],
    [teams, truth.microsoft],
  ]) {
    await page
      .getByRole("region", { name })
      .getByText(`${side.people.length} people · Everybody`)
      .waitFor();
  }
  await page.getByRole("grid", { name: ui.tables.people }).waitFor();
  for (const one of same(truth).slice(0, 4)) {
    const row = await ui.findRow(page, ui.tables.people, one.left.address);
    const cell = (n, text) => row.getByRole("gridcell").nth(n).getByText(text).first().waitFor();
    await cell(0, one.left.name);
    await cell(1, one.right.name);
    await cell(2, "Same address");
  }
  await ui.search(page, "");
  await accessible("people-imported");
});

scene("The plan is approved and applied", async () => {
  await ui.open(page, "Plan");
  await page.getByText("No plan yet").waitFor();
  await accessible("plan-none");
  await page.getByRole("main").getByRole("button", { name: "Look for changes" }).last().click();
  await page.getByRole("grid", { name: ui.tables.plan }).waitFor();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Everything shown \(/ }).click();
  await page.getByText(/^(\d+) of \1 approved$/).waitFor();
  await ui.groups(page, /^Link rooms/).click();
  await page.getByRole("grid", { name: ui.tables.plan }).getByRole("row").nth(1).click();
  await page.getByText("New readers, and what they read").waitFor();
  await ui.settled(page);
  await accessible("plan-approved");
  await page.getByRole("button", { name: "Close details" }).click();
  await page.getByRole("button", { name: /^Apply \d+ approved$/ }).click();
  const dialog = page.getByRole("dialog", { name: "Apply the approved changes?" });
  await dialog.waitFor();
  await accessible("plan-confirm");
  await dialog.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByRole("button", { name: "Apply 0 approved" }).waitFor();
  await ui.groups(page, "Everything").click();
  await until("every row is done", async () =>
    (await ui.rowsOf(page, ui.tables.plan)).every((cells) => cells.at(-1) === "done"),
  );
  await accessible("plan-applied");
  await page.getByRole("button", { name: "Look for changes" }).click();
  await page.getByText("Nothing to change").waitFor();
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByText("applied").first().waitFor();
  await accessible("plan-history");
});

let pairs;

scene("Spaces & channels shows the linked pairs", async () => {
  await ui.open(page, "Spaces & channels");
  await ui.groups(page, /^Linked/, "Which rooms").click();
  const linked = await ui.filterCount(page, "Which rooms", /^Linked/);
  const rows = await until("only linked rooms are shown", async () => {
    const list = await ui.rowsOf(page, ui.tables.rooms);
    return list.length === linked && list;
  });
  pairs = rows.map(([left, right]) => ({
    left: left.split("\n")[0],
    right: right.split("\n")[0],
    team: right.split("\n")[1].split(" · ")[0],
  }));
  assert.ok(pairs.length > 1, `${pairs.length} pairs are linked`);
  for (const { left, right, team } of pairs) {
    assert.ok(truth.google.rooms.includes(left), `there is no space ${left}`);
    assert.ok(
      truth.microsoft.rooms.some((room) => room.name === right && room.team === team),
      `there is no channel ${right} in ${team}`,
    );
  }
  await accessible("rooms-linked");
  await page.getByRole("grid", { name: ui.tables.rooms }).getByRole("row").nth(1).click();
  await page.getByRole("dialog").getByText("Who can read across the link").waitFor();
  await accessible("rooms-detail");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

// What is said carries the run's seed, so that nothing said before can be taken for it.
const words = {
  [google]: `Crate ${size.seed} left Oslo`,
  [teams]: `Crate ${size.seed} is in Bergen`,
};

scene("Sandbox: what is typed in one pane arrives in the other", async () => {
  await ui.open(page, "Sandbox");
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByText("Watching", { exact: true }).waitFor();
  for (const [from, to] of [
    [google, teams],
    [teams, google],
  ]) {
    const field = ui.card(page, from).getByRole("textbox", { name: /^Say something in/ });
    await field.fill(words[from]);
    await field.press("Enter");
    await ui.card(page, from).getByRole("log").getByText(words[from]).waitFor();
    const began = Date.now();
    await ui
      .card(page, to)
      .locator("[data-carried=true]", { hasText: words[from] })
      .waitFor({ timeout: 10_000 });
    assert.ok(Date.now() - began < 10_000);
  }
  await page.getByText(/ · 0 waiting$/).waitFor();
  await accessible("sandbox-talk");
});

scene("Activity finds the deliveries, and filters", async () => {
  await ui.open(page, "Activity");
  await accessible("activity");
  await ui.search(page, "delivered");
  await page.getByText("2 entries fit", { exact: true }).waitFor();
  for (const cells of await ui.rowsOf(page, ui.tables.log)) assert.match(cells.join(), /delivered/);
  await page.getByRole("grid", { name: ui.tables.log }).getByRole("row").nth(1).click();
  await page.getByRole("button", { name: "Copy for support" }).waitFor();
  assert.ok(!(await page.getByRole("main").innerText()).includes(String(size.seed)));
  await accessible("activity-entry");
  await page.getByRole("button", { name: "Only problems" }).click();
  await page.getByText("Nothing fits").waitFor();
  await page.getByRole("button", { name: "Only problems" }).click();
  await ui.search(page, "");
  await ui.choose(page, "Platform", teams);
  const log = page.getByRole("grid", { name: ui.tables.log });
  await log.getByRole("img", { name: google }).first().waitFor({ state: "detached" });
  await log.getByRole("img", { name: teams }).first().waitFor();
});

scene("Settings: the theme is kept", async () => {
  await ui.open(page, "Settings");
  await accessible("settings");
  for (const [word, scheme] of [
    ["Dark", "dark"],
    ["Light", "light"],
  ]) {
    await page.getByText(word, { exact: true }).click();
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
    await page.getByText("Saved").first().waitFor();
    await page.emulateMedia({ colorScheme: scheme === "dark" ? "light" : "dark" });
    await page.reload();
    await ui.heading(page, "Settings").waitFor();
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
  }
  await page.getByText("Like the system", { exact: true }).click();
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html[data-mantine-color-scheme=light]").waitFor();
});

scene("Keys reach every screen", async () => {
  for (const [keys, name] of [
    [["g", "e"], "People"],
    [["Control+3"], "Spaces & channels"],
    [["g", "l"], "Plan"],
    [["g", "a"], "Activity"],
    [["?"], "Help"],
    [["g", "p"], "Platforms"],
  ]) {
    for (const key of keys) await page.keyboard.press(key);
    await ui.heading(page, name).waitFor();
    if (name === "Help") await accessible("help");
  }
  await page.keyboard.press("Control+2");
  await ui.heading(page, "People").waitFor();
  await page.getByRole("grid", { name: ui.tables.people }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.locator('[role="row"][aria-selected=true][aria-rowindex="3"]').waitFor();
  await accessible("people-detail");
  await page.keyboard.press("/");
  await page.locator("[data-search]:focus").waitFor();
});

scene("Disconnecting says in numbers what stops, and can be called off", async () => {
  await ui.open(page, "People");
  const enabled = await ui.filterCount(page, "Which people", /^Enabled/);
  await ui.open(page, "Platforms");
  await accessible("platforms-busy");
  await ui.menu(page, google, "Permissions");
  await page.getByRole("tab", { name: "Permissions", selected: true }).waitFor();
  await ui.settled(page);
  await accessible("permissions");
  await page.getByRole("tab", { name: "Checks" }).click();
  await ui.settled(page);
  await accessible("checks");
  await ui.open(page, "Platforms");
  await ui.menu(page, google, "Re-authenticate");
  await ui.heading(page, `Set-up of ${google}`).waitFor();
  await page.keyboard.press("Escape");
  await ui.menu(page, google, "Disconnect");
  const dialog = page.getByRole("dialog", { name: `Disconnect ${google}?` });
  await dialog
    .getByText(new RegExp(`^${enabled} people and ${pairs.length} \\w+ will no longer be enabled`))
    .waitFor();
  await dialog.getByRole("button", { name: /^Domain-wide delegation entry/ }).waitFor();
  await accessible("disconnect");
  await dialog.getByRole("button", { name: "Keep connected" }).last().click();
  await dialog.waitFor({ state: "detached" });
  await ui.card(page, google).getByText("Connected", { exact: true }).waitFor();
});

scene("Google Chat is disconnected", async () => {
  await ui.menu(page, google, "Disconnect");
  const dialog = page.getByRole("dialog", { name: `Disconnect ${google}?` });
  await dialog.getByRole("checkbox", { name: "I understand" }).click();
  await dialog.getByRole("button", { name: "Disconnect", exact: true }).click();
  await ui.card(page, google).getByRole("button", { name: "Connect" }).waitFor();
  await page.getByText("Not watching yet").waitFor();
  await ui.card(page, google).getByText(`Stays at ${google} until you remove it there`).waitFor();
  await ui
    .card(page, google)
    .getByRole("button", { name: /^Domain-wide delegation entry/ })
    .click();
  assert.match(await system.next(), /domainwidedelegation/);
  await accessible("platforms-disconnected");
  await ui.card(page, google).getByRole("button", { name: "Erase them" }).click();
  const erase = page.getByRole("dialog", { name: `Erase what was imported from ${google}?` });
  await erase
    .getByText(/names and addresses of [\d,]+ people and [\d,]+ spaces are erased/)
    .waitFor();
  await erase.getByRole("button", { name: "Erase", exact: true }).click();
  await ui
    .card(page, google)
    .getByText("are still on this computer")
    .waitFor({ state: "detached" });
  await ui.open(page, "People");
  await until(
    "nobody is enabled",
    async () => (await ui.filterCount(page, "Which people", /^Enabled/)) === 0,
  );
  await ui.open(page, "Activity");
  await ui.search(page, "disconnected");
  await page.getByRole("grid", { name: ui.tables.log }).getByText("disconnected").first().waitFor();
  await ui.search(page, "directory erased");
  await page.getByRole("grid", { name: ui.tables.log }).getByText("was erased").first().waitFor();
});

// People who have the same address on both sides and work on both.
function same({ google: left, microsoft: right }) {
  const byAddress = new Map(right.people.map((one) => [one.address, one]));
  const found = left.people
    .map((one) => ({ left: one, right: byAddress.get(one.address) }))
    .filter((pair) => pair.right?.active && pair.left.active);
  assert.ok(found.length >= 4, `only ${found.length} people are on both sides`);
  return found;
}
