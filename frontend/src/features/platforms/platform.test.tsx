import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { FindingState } from "../../api";
import { installFake } from "../../test/fake";
import { check, permissions } from "../../test/fake/setup";
import { show } from "../../test/render";
import { tally } from "./ChecksTab";
import { byScope } from "./PermissionsTab";
import { PlatformPage } from "./PlatformPage";

describe("the features", () => {
  test("are switched only after what changes was shown", async () => {
    const { bindings } = installFake(window, "busy");
    const set = vi.spyOn(bindings.Platform, "SetFeature");
    show(<PlatformPage platform="google" tab="settings" />);
    fireEvent.click(await screen.findByRole("switch", { name: "Guest and interop accounts" }));
    const dialog = await screen.findByRole("dialog", {
      name: "Switch “Guest and interop accounts” on?",
    });
    expect(await within(dialog).findByText("Asked for from now on")).toBeTruthy();
    expect(within(dialog).getByText(/admin.directory.user.readonly/)).toBeTruthy();
    expect(set).not.toHaveBeenCalled();
    fireEvent.click(within(dialog).getByRole("button", { name: "Save" }));
    await vi.waitFor(() => expect(set).toHaveBeenCalledWith("google", "provision", true));
  });

  test("that are switched off say what may be revoked", async () => {
    show(<PlatformPage platform="google" tab="settings" />);
    fireEvent.click(await screen.findByRole("switch", { name: "Trying out invitations" }));
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText(/you may revoke it/)).toBeTruthy();
    expect(within(dialog).getByText(/can only be ticked, not proved/)).toBeTruthy();
  });

  test("stay as they are when it is called off", async () => {
    const { bindings } = installFake(window, "busy");
    const set = vi.spyOn(bindings.Platform, "SetFeature");
    show(<PlatformPage platform="google" tab="settings" />);
    const box = await screen.findByRole("switch", { name: "Guest and interop accounts" });
    fireEvent.click(box);
    const dialog = await screen.findByRole("dialog");
    const cancel = await within(dialog).findAllByRole("button", { name: "Cancel" });
    fireEvent.click(cancel.at(-1) as HTMLElement);
    expect(set).not.toHaveBeenCalled();
    expect((box as HTMLInputElement).checked).toBe(false);
  });

  test("keep in mind what may be revoked until somebody says that it is", async () => {
    const { bindings } = installFake(window, "left");
    const revoked = vi.spyOn(bindings.Platform, "Revoked");
    show(<PlatformPage platform="google" tab="settings" />);
    fireEvent.click(await screen.findByRole("button", { name: "It is revoked" }));
    await vi.waitFor(() => expect(revoked).toHaveBeenCalledWith("google"));
  });
});

describe("noticing changes", () => {
  test("shows the platform's own rule, and what keeps a way from being chosen", async () => {
    show(<PlatformPage platform="microsoft" tab="settings" />);
    const push = await screen.findByRole("radio", { name: /Be told through Event Hubs/ });
    expect((push as HTMLInputElement).disabled).toBe(true);
    expect(screen.getByText(/Switch on “Being told of changes” first/)).toBeTruthy();
    expect(screen.getByText(/not to poll a channel more than once a day/)).toBeTruthy();
  });
});

describe("the checks", () => {
  test("open their history where it is asked for", async () => {
    show(<PlatformPage platform="google" tab="checks" />);
    const button = await screen.findByRole("button", {
      name: /^History: Delegation: reads names/,
    });
    expect(button.getAttribute("aria-expanded")).toBe("false");
    fireEvent.click(button);
    const history = await screen.findByRole("list", { name: "What it found before" });
    const spans = within(history).getAllByRole("listitem");
    expect(spans.map((span) => span.querySelector("b")?.textContent)).toEqual([
      "passed",
      "failed",
      "passed",
    ]);
    expect(within(history).getByText(/taken out of the entry/)).toBeTruthy();
  });

  test("are counted, the worst first", () => {
    const of = (state: FindingState) => check({ code: state, title: state, state });
    const rows = [FindingState.Pass, FindingState.Fail, FindingState.Pass].map(of);
    expect(tally(rows)).toBe("1 failed, 2 passed");
  });
});

describe("the permissions", () => {
  test("show only what is asked for until more is wanted", async () => {
    show(<PlatformPage platform="google" tab="permissions" />);
    expect(await screen.findByText(/auth\/chat\.messages$/)).toBeTruthy();
    expect(screen.queryByText(/orgunit/)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: /^Not asked for/ }));
    expect(screen.getByText(/orgunit/)).toBeTruthy();
    expect(screen.getByText(/its feature is off/)).toBeTruthy();
  });

  test("stand once for each scope, with every feature that needs it", () => {
    const [one] = permissions();
    if (!one) throw new Error("no permission");
    const rows = byScope([
      { ...one, asked: false },
      { ...one, feature: "files", reason: "Also carries files.", asked: true },
    ]);
    expect(rows.length).toBe(1);
    expect(rows[0]?.asked).toBe(true);
    expect(rows[0]?.uses.length).toBe(2);
  });

  test("are copied as text for a reviewer", async () => {
    installFake(window, "busy");
    const runtime = (window as unknown as { runtime: { ClipboardSetText: () => unknown } }).runtime;
    const copied = vi.spyOn(runtime, "ClipboardSetText");
    show(<PlatformPage platform="google" tab="permissions" />);
    fireEvent.click(await screen.findByRole("button", { name: "Copy as text" }));
    await vi.waitFor(() =>
      expect(copied).toHaveBeenCalledWith(expect.stringMatching(/^Permissions that Mio Hub/)),
    );
  });
});
