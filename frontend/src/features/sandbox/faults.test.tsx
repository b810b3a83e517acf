import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { installFake } from "../../test/fake";
import { show } from "../../test/render";
import SandboxPage from "./SandboxPage";

const panel = () => screen.findByRole("region", { name: "Make something go wrong" });

test("faults stand by tenant and subject, and are found by their words", async () => {
  show(<SandboxPage />);
  const list = within(await panel());
  expect(list.getByRole("group", { name: /Google Chat · Delegation/ })).toBeTruthy();
  fireEvent.change(list.getByRole("textbox", { name: "Search what can go wrong" }), {
    target: { value: "consent registration" },
  });
  expect(list.getAllByRole("switch").length).toBe(1);
  expect(list.getByRole("group", { name: /Microsoft Teams · Consent/ })).toBeTruthy();
});

test("a fault that is on says what should be seen", async () => {
  const { bindings } = installFake(window, "busy");
  const set = vi.spyOn(bindings.Sandbox, "SetFault");
  show(<SandboxPage />);
  const list = within(await panel());
  expect(list.getByText(/Confirm says that the Chat app has to be configured/)).toBeTruthy();
  fireEvent.click(list.getByRole("switch", { name: "Chat is off for an org unit" }));
  await vi.waitFor(() => expect(set).toHaveBeenCalledWith("Chat is off for an org unit", true));
  fireEvent.click(list.getByRole("button", { name: "Only what is on" }));
  await vi.waitFor(() =>
    expect(list.queryByRole("switch", { name: /One scope is missing/ })).toBeNull(),
  );
});
