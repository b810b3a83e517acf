import { fireEvent, render } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { useKeys } from "./keys";
import { screens } from "./routes";

const go = vi.fn();

function Probe() {
  useKeys(screens, go);
  return (
    <>
      <input aria-label="search" data-search />
      <input type="checkbox" aria-label="box" />
    </>
  );
}

beforeEach(() => {
  go.mockClear();
});

const press = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.body, { key, ...more });

test("g and a letter open a screen", () => {
  render(<Probe />);
  press("g");
  press("a");
  expect(go).toHaveBeenCalledWith("/activity");
});

test("a letter alone opens nothing", () => {
  render(<Probe />);
  press("a");
  expect(go).not.toHaveBeenCalled();
});

test("Ctrl and Cmd with a number open a screen by its place", () => {
  render(<Probe />);
  press("2", { ctrlKey: true });
  press("4", { metaKey: true });
  expect(go.mock.calls).toEqual([["/people"], ["/plan"]]);
});

test("the slash puts the cursor into the search box", () => {
  const { getByLabelText } = render(<Probe />);
  press("/");
  expect(document.activeElement).toBe(getByLabelText("search"));
});

test("letters typed into a field stay letters", () => {
  const { getByLabelText } = render(<Probe />);
  const field = getByLabelText("search");
  fireEvent.keyDown(field, { key: "g" });
  fireEvent.keyDown(field, { key: "p" });
  expect(go).not.toHaveBeenCalled();
});

test("a box takes no letters", () => {
  const { getByLabelText } = render(<Probe />);
  const box = getByLabelText("box");
  fireEvent.keyDown(box, { key: "g" });
  fireEvent.keyDown(box, { key: "p" });
  expect(go).toHaveBeenCalledWith("/");
});
