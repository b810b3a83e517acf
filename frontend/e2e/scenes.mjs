// What the test presses and waits for, in the words that the window shows.
import assert from "node:assert/strict";

export const sidebar = (page) => page.getByRole("navigation", { name: "Screens" });
export const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });

/** Goes to a screen by the sidebar and waits until it has read everything. */
export async function open(page, name) {
  await sidebar(page).getByRole("link", { name }).click();
  await heading(page, name).waitFor();
  await settled(page);
}

/** Nothing is being read any more. */
export const settled = (page) =>
  page.locator('main:not(:has([aria-busy="true"])) h1').first().waitFor();

export const card = (page, name) => page.getByRole("region", { name, exact: true });
export const step = (page, title) => page.getByRole("region", { name: title, exact: true });
export const rail = (page) => page.getByRole("navigation", { name: "Steps" });

/** Presses a button of a step of the wizard. */
export const press = (page, title, name) =>
  step(page, title).getByRole("button", { name, exact: true }).click();

/** Waits until the wizard shows a step. */
export const reach = (page, title) =>
  rail(page).locator('[aria-current="step"]', { hasText: title }).waitFor();

/** Goes to a step of the wizard by the list of steps. */
export async function go(page, title) {
  await rail(page)
    .getByRole("button", { name: new RegExp(title) })
    .click();
  await reach(page, title);
}

export const forward = (page) =>
  page.getByRole("button", { name: "Continue", exact: true }).click();

/** Every permission of the step is granted. */
export const allGranted = (page, title) =>
  step(page, title)
    .getByText(/^(\d+) of \1 granted$/)
    .waitFor();

/** Ticks what is to be ticked on a step, one after the other. */
export async function tickAll(page, title) {
  const boxes = step(page, title).getByRole("checkbox");
  const n = await boxes.count();
  assert.ok(n > 0, `${title} has nothing to tick`);
  for (let i = 0; i < n; i++) {
    const box = boxes.nth(i);
    if (!(await box.isChecked())) await box.click();
    await step(page, title)
      .locator(`:nth-match(input[type=checkbox], ${i + 1}):checked`)
      .waitFor();
  }
}

/** The wizard counts a step as done. */
export const stepDone = (page, title) =>
  rail(page)
    .getByRole("button", { name: new RegExp(`^done.*${title}`) })
    .waitFor();

/** The value beside a copy button. */
export const copied = (page, label) =>
  page
    .getByRole("button", { name: `Copy: ${label}` })
    .locator("xpath=preceding-sibling::code")
    .getAttribute("title");

/** Presses a switch, whose box lies below what is drawn. */
export async function flip(box) {
  const was = await box.isChecked();
  await box.click({ force: true });
  return was;
}

/** Opens a card's menu and presses an item. */
export async function menu(page, name, item) {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** The number beside a filter's word. */
export async function filterCount(page, group, word) {
  const button = groups(page, word, group);
  return Number((await button.locator("small").innerText()).replaceAll(",", ""));
}

/** The rows of a table that are drawn, as lists of their cells' texts. */
export async function rowsOf(page, table) {
  const grid = page.getByRole("grid", { name: table });
  await grid.waitFor();
  return grid.evaluate((node) =>
    [...node.querySelectorAll('[role="row"][data-clickable]')].map((row) =>
      [...row.querySelectorAll('[role="gridcell"]')].map((cell) => cell.innerText),
    ),
  );
}

/** The labels of the tables. */
export const tables = {
  people: "People and their accounts",
  rooms: "Pairs of rooms",
  plan: "Proposed changes",
  log: "Log",
};

/** Types into the screen's search box. */
export const search = (page, words) => page.locator("[data-search]").fill(words);

/** Searches a table and answers the rows that show exactly these words. */
export async function findRow(page, table, words) {
  await search(page, words);
  const exactly = page.getByText(words, { exact: true });
  return page.getByRole("grid", { name: table }).getByRole("row").filter({ has: exactly });
}

/** A button of a row or column of filters. */
export const groups = (page, name, group = "Kinds of change") =>
  page.getByRole("group", { name: group }).getByRole("button", { name });

/** Chooses from a list. */
export async function choose(page, label, option) {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
}
