import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { PartKind, StepState, type Wizard } from "../../api";
import { installFake } from "../../test/fake";
import { googleWizard, part, step } from "../../test/fake/setup";
import { show } from "../../test/render";
import { WizardView } from "./ConnectPage";
import { shortScope } from "./ScopesPart";
import { grouped } from "./StepView";

const wizardOf = (...parts: Parameters<typeof part>[0][]): Wizard => ({
  ...googleWizard(),
  current: "only",
  steps: [
    step({ id: "only", title: "The only step", state: StepState.Todo, parts: parts.map(part) }),
  ],
});

describe("the wizard", () => {
  test("is resumed at the step where it was left", () => {
    show(<WizardView wizard={googleWizard()} />);
    expect(screen.getByRole("region", { name: "Domain-wide delegation" })).toBeTruthy();
    expect(screen.getByText("Step 4 of 4")).toBeTruthy();
  });

  test("opens at the first step with something to do when it was never left", () => {
    show(<WizardView wizard={{ ...googleWizard(), current: "" }} />);
    expect(screen.getByRole("region", { name: "Chat invitations" })).toBeTruthy();
  });

  test("goes back without losing anything, and tells the hub which step is open", async () => {
    const { bindings } = installFake(window, "busy");
    const open = vi.spyOn(bindings.Setup, "Open");
    show(<WizardView wizard={googleWizard()} />);
    fireEvent.click(screen.getByRole("button", { name: "Back" }));
    expect(screen.getByRole("region", { name: "Authorize Mio" })).toBeTruthy();
    await vi.waitFor(() => expect(open).toHaveBeenCalledWith("google", "authorize"));
  });

  test("says why a permission is missing and offers the page that mends it", () => {
    show(<WizardView wizard={googleWizard()} />);
    const list = screen.getByRole("list", { name: "Permissions" });
    const rows = within(list).getAllByRole("listitem");
    const missing = rows.find((row) => within(row).queryByText("not granted"));
    expect(missing?.textContent).toContain("the entry exists but lacks it");
    expect(within(missing as HTMLElement).getByRole("button", { name: /Mend it/ })).toBeTruthy();
    expect(screen.getByText("4 of 6 granted")).toBeTruthy();
  });

  test("stores a tick at once", async () => {
    const { bindings } = installFake(window, "busy");
    const tick = vi.spyOn(bindings.Setup, "Tick");
    show(
      <WizardView wizard={wizardOf({ kind: PartKind.Tick, id: "guest", label: "Guests may" })} />,
    );
    fireEvent.click(screen.getByRole("checkbox", { name: "Guests may" }));
    await vi.waitFor(() => expect(tick).toHaveBeenCalledWith("google", "guest", true));
  });

  test("stores a field when it is left, and only when it changed", async () => {
    const { bindings } = installFake(window, "busy");
    const set = vi.spyOn(bindings.Setup, "SetField");
    show(
      <WizardView
        wizard={wizardOf({ kind: PartKind.Field, id: "id", label: "Customer", value: "C01" })}
      />,
    );
    const field = screen.getByRole("textbox", { name: "Customer" });
    fireEvent.blur(field);
    expect(set).not.toHaveBeenCalled();
    fireEvent.change(field, { target: { value: " C02 " } });
    fireEvent.blur(field);
    await vi.waitFor(() => expect(set).toHaveBeenCalledWith("google", "id", "C02"));
  });

  test("shows a running action with its cancel button in place of the button", async () => {
    const { bindings } = installFake(window, "busy");
    const cancel = vi.spyOn(bindings.Jobs, "Cancel");
    await bindings.Setup.Act("google", "authorize");
    const wizard = wizardOf({
      kind: PartKind.Action,
      id: "a",
      label: "Authorize",
      action: "authorize",
    });
    show(<WizardView wizard={wizard} />);
    fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledWith("job-1"));
    expect(screen.queryByRole("button", { name: "Authorize" })).toBeNull();
  });

  test("hands over a dropped file with its name and text", async () => {
    const { bindings } = installFake(window, "busy");
    const put = vi.spyOn(bindings.Setup, "PutFile");
    show(<WizardView wizard={wizardOf({ kind: PartKind.File, id: "f", label: "Client file" })} />);
    const file = new File(['{"installed":{}}'], "client.json", { type: "application/json" });
    fireEvent.drop(screen.getByRole("region", { name: "Client file" }), {
      dataTransfer: { files: [file] },
    });
    await vi.waitFor(() =>
      expect(put).toHaveBeenCalledWith("google", "f", "client.json", '{"installed":{}}'),
    );
  });
});

describe("the parts of a step", () => {
  test("share a line when they are short and follow each other", () => {
    const parts = [
      part({ kind: PartKind.Text, text: "Do this." }),
      part({ kind: PartKind.Link, label: "Open" }),
      part({ kind: PartKind.Tick, label: "Done" }),
      part({ kind: PartKind.Verify, label: "Confirm" }),
      part({ kind: PartKind.Scopes }),
    ];
    expect(grouped(parts).map((group) => group.length)).toEqual([1, 3, 1]);
  });

  test("stand alone when there is something to say about them", () => {
    const parts = [
      part({ kind: PartKind.Link, label: "Open" }),
      part({ kind: PartKind.Tick, label: "Done", note: "Ticked by dana" }),
    ];
    expect(grouped(parts).map((group) => group.length)).toEqual([1, 1]);
  });

  test("name a scope by the part that tells it from the others", () => {
    expect(shortScope("https://www.googleapis.com/auth/chat.messages")).toBe("chat.messages");
    expect(shortScope("https://graph.microsoft.com/User.Read.All")).toBe("User.Read.All");
    expect(shortScope("openid")).toBe("openid");
  });

  test("show every state of a finding in a word", () => {
    show(<WizardView wizard={googleWizard()} />);
    expect(screen.getAllByText("granted").length).toBe(4);
    expect(screen.getAllByText("waiting").length).toBe(1);
  });
});
