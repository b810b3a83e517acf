import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { installFake } from "./fake";

// The component library asks for these when it is loaded.
window.matchMedia ??= (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => undefined,
  removeListener: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => false,
});
Element.prototype.scrollIntoView ??= () => undefined;

// Without a layout every element would be zero high, and a virtual table empty.
for (const [name, size] of [
  ["clientHeight", 600],
  ["clientWidth", 900],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}

class NoLayout implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
window.ResizeObserver = NoLayout;

beforeEach(() => {
  window.location.hash = "";
  installFake(window, "busy");
});

afterEach(cleanup);
