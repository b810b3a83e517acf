import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { type CheckRow, FindingState, PartKind, StepState, type Wizard } from "../../api";
import { installFake } from "../../test/fake";
import { microsoftWizard } from "../../test/fake/microsoft";
import { check, googleWizard, part, step } from "../../test/fake/setup";
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
    const mending = within(missing as HTMLElement).getAllByRole("button", { name: /Mend it/ });
    expect(mending.length).toBe(2);
    expect(missing?.textContent).toContain("It could also be:");
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

describe("what is verified", () => {
  const tick = (state: FindingState, change: Partial<CheckRow> = {}) =>
    wizardOf({
      kind: PartKind.Tick,
      id: "guests",
      label: "Guests may join",
      note: "Confirmed by dana, 28 November 14:02.",
      proof: check({ code: "guests", title: "Guests may join", state, ...change }),
    });

  test("needs no box any more, and shows its evidence", () => {
    show(<WizardView wizard={tick(FindingState.Pass, { evidence: "AllowToAddGuests is true" })} />);
    expect(screen.getByText("verified")).toBeTruthy();
    expect(screen.getByText("AllowToAddGuests is true")).toBeTruthy();
    expect(screen.queryByRole("checkbox")).toBeNull();
  });

  test("is opened again when its check fails, whoever ticked it", async () => {
    const { bindings } = installFake(window, "busy");
    const verify = vi.spyOn(bindings.Setup, "Verify");
    show(<WizardView wizard={tick(FindingState.Fail, { cause: "Guests are kept out." })} />);
    expect(screen.getByText("not so")).toBeTruthy();
    expect(screen.getByText("Guests are kept out.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Look again" }));
    await vi.waitFor(() => expect(verify).toHaveBeenCalledWith("google", "only"));
  });

  test("stays a box while its check could not look", () => {
    show(<WizardView wizard={tick(FindingState.Skipped)} />);
    expect(screen.getByRole("checkbox", { name: "Guests may join" })).toBeTruthy();
  });
});

describe("a probe", () => {
  const wizard = wizardOf({
    kind: PartKind.Probe,
    id: "probe",
    label: "Try it out",
    text: "A space is made.\n\nThen it is removed.",
  });

  test("says what it makes and runs only when that was confirmed", async () => {
    const { bindings } = installFake(window, "busy");
    const probe = vi.spyOn(bindings.Setup, "Probe");
    show(<WizardView wizard={wizard} />);
    fireEvent.click(screen.getByRole("button", { name: "Try it out…" }));
    const dialog = await screen.findByRole("dialog", { name: "Try it out" });
    expect(within(dialog).getByText("Then it is removed.")).toBeTruthy();
    expect(probe).not.toHaveBeenCalled();
    fireEvent.click(within(dialog).getByRole("button", { name: "Try it out" }));
    await vi.waitFor(() => expect(probe).toHaveBeenCalledWith("google", "probe"));
  });

  test("makes nothing when it is called off", async () => {
    const { bindings } = installFake(window, "busy");
    const probe = vi.spyOn(bindings.Setup, "Probe");
    show(<WizardView wizard={wizard} />);
    fireEvent.click(screen.getByRole("button", { name: "Try it out…" }));
    fireEvent.click(await screen.findByRole("button", { name: "Not now" }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(probe).not.toHaveBeenCalled();
  });
});

describe("what is entered", () => {
  test("is never shown again when it is a secret, and only replaced by what is typed", async () => {
    const { bindings } = installFake(window, "busy");
    const set = vi.spyOn(bindings.Setup, "SetField");
    show(<WizardView wizard={microsoftWizard()} />);
    const field = screen.getByPlaceholderText(/Stored and sealed/);
    expect(field.getAttribute("type")).toBe("password");
    fireEvent.blur(field);
    expect(set).not.toHaveBeenCalled();
    fireEvent.change(field, { target: { value: "s3cret" } });
    fireEvent.blur(field);
    await vi.waitFor(() =>
      expect(set).toHaveBeenCalledWith("microsoft", "client_secret", "s3cret"),
    );
    expect((field as HTMLInputElement).value).toBe("");
  });

  test("is chosen from a list where there are several", async () => {
    const { bindings } = installFake(window, "busy");
    const set = vi.spyOn(bindings.Setup, "SetField");
    show(<WizardView wizard={microsoftWizard()} />);
    fireEvent.click(screen.getByRole("combobox", { name: "Cloud" }));
    fireEvent.click(await screen.findByRole("option", { name: "US Government", hidden: true }));
    await vi.waitFor(() => expect(set).toHaveBeenCalledWith("microsoft", "cloud", "gov"));
  });
});

describe("a script", () => {
  test("is copied whole, and saved under its name", async () => {
    const { bindings } = installFake(window, "busy");
    const save = vi.spyOn(bindings.Setup, "SaveScript");
    const runtime = (window as unknown as { runtime: { ClipboardSetText: () => unknown } }).runtime;
    const copied = vi.spyOn(runtime, "ClipboardSetText");
    const value = "set -e\necho one\n";
    show(
      <WizardView
        wizard={wizardOf({
          kind: PartKind.Script,
          id: "make",
          label: "Make it",
          file: "a.sh",
          value,
        })}
      />,
    );
    fireEvent.click(screen.getByRole("button", { name: "Copy: Make it" }));
    await vi.waitFor(() => expect(copied).toHaveBeenCalledWith(value));
    fireEvent.click(screen.getByRole("button", { name: "Save as a file: Make it" }));
    await vi.waitFor(() => expect(save).toHaveBeenCalledWith("google", "make"));
  });

  test("is followed by a button that begins the e-mail, where there is one", async () => {
    const { bindings } = installFake(window, "busy");
    const open = vi.spyOn(bindings.Status, "OpenURL");
    show(<WizardView wizard={{ ...microsoftWizard(), current: "authorize" }} />);
    fireEvent.click(screen.getByRole("button", { name: "Write the e-mail" }));
    await vi.waitFor(() => expect(open).toHaveBeenCalledWith(expect.stringMatching(/^mailto:/)));
  });
});

test("what nobody has met before is shown in the platform's own words, open", () => {
  const raw = "AADSTS999999: The unforeseen.";
  show(
    <WizardView
      wizard={{
        ...googleWizard(),
        current: "only",
        steps: [
          step({
            id: "only",
            title: "The only step",
            state: StepState.Failed,
            checks: [
              check({
                code: "a",
                title: "It works",
                state: FindingState.Fail,
                raw,
                unrecognised: true,
              }),
            ],
          }),
        ],
      }}
    />,
  );
  expect(screen.getByText(raw).closest("details")?.open).toBe(true);
  expect(screen.getByText(/has not met this answer before/)).toBeTruthy();
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
