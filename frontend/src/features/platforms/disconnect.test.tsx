import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { installFake } from "../../test/fake";
import { show } from "../../test/render";
import { DisconnectDialog } from "./DisconnectDialog";
import PlatformsPage from "./PlatformsPage";

describe("disconnecting", () => {
  test("says in numbers what stops, and what stays where", async () => {
    show(<DisconnectDialog platform="microsoft" onClose={() => undefined} />);
    expect(
      await screen.findByText(/214 people and 38 channels will no longer be enabled/),
    ).toBeTruthy();
    expect(screen.getByRole("radiogroup", { name: /2 messages on the way/ })).toBeTruthy();
    expect(screen.getByText("Stays at Microsoft Teams until you remove it there")).toBeTruthy();
  });

  test("is possible only after saying that it is understood", async () => {
    const { bindings } = installFake(window, "busy");
    const disconnect = vi.spyOn(bindings.Platforms, "Disconnect");
    const closed = vi.fn();
    show(<DisconnectDialog platform="google" onClose={closed} />);
    const button = await screen.findByRole("button", { name: "Disconnect" });
    fireEvent.click(button);
    expect(disconnect).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("checkbox", { name: /Erase the imported directory/ }));
    fireEvent.click(screen.getByRole("checkbox", { name: /I understand/ }));
    fireEvent.click(button);
    const choice = {
      keepLinksDays: 90,
      eraseDirectory: true,
      deliver: true,
      endSessions: false,
    };
    await vi.waitFor(() => expect(disconnect).toHaveBeenCalledWith("google", choice));
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  test("drops what is queued, and ends sessions, only when it is chosen", async () => {
    const { bindings } = installFake(window, "busy");
    const disconnect = vi.spyOn(bindings.Platforms, "Disconnect");
    show(<DisconnectDialog platform="microsoft" onClose={() => undefined} />);
    fireEvent.click(await screen.findByRole("radio", { name: /Drop them now/ }));
    fireEvent.click(screen.getByRole("checkbox", { name: /End its sessions everywhere/ }));
    fireEvent.click(screen.getByRole("checkbox", { name: /I understand/ }));
    fireEvent.click(screen.getByRole("button", { name: "Disconnect" }));
    await vi.waitFor(() =>
      expect(disconnect).toHaveBeenCalledWith(
        "microsoft",
        expect.objectContaining({ deliver: false, endSessions: true }),
      ),
    );
  });

  test("offers to end sessions only where the platform can", async () => {
    show(<DisconnectDialog platform="google" onClose={() => undefined} />);
    await screen.findByRole("radio", { name: /Deliver them first/ });
    expect(screen.queryByRole("checkbox", { name: /End its sessions/ })).toBeNull();
  });

  test("stays closed when its numbers cannot be read", async () => {
    installFake(window, "error");
    show(<DisconnectDialog platform="google" onClose={() => undefined} />);
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Disconnect" })).toBeNull();
  });
});

describe("the platforms screen", () => {
  test("offers Connect for what is not connected and the menu for what is", async () => {
    installFake(window, "half");
    show(<PlatformsPage />);
    expect(await screen.findByRole("button", { name: "More for Google Chat" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "Continue set-up" })).toBeTruthy();
    expect(screen.getByText("Waiting for Microsoft Teams")).toBeTruthy();
  });

  test("erases what a disconnected platform left here, after asking in numbers", async () => {
    const { bindings } = installFake(window, "left");
    const erase = vi.spyOn(bindings.Platforms, "EraseDirectory");
    show(<PlatformsPage />);
    expect(await screen.findByText(/^790 people and 51 channels .* on this computer/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Erase them…" }));
    expect(await screen.findByText(/addresses of 790 people and 51 channels/)).toBeTruthy();
    expect(erase).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Erase" }));
    await vi.waitFor(() => expect(erase).toHaveBeenCalledWith("microsoft"));
  });

  test("says why somebody must sign in again, and where", async () => {
    installFake(window, "signin");
    show(<PlatformsPage />);
    expect(await screen.findByText(/session control of Google Cloud asks/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Sign in again" }));
    expect(window.location.hash).toBe("#/connect/google");
  });

  test("has the five entries of the menu, in order", async () => {
    show(<PlatformsPage />);
    fireEvent.click(await screen.findByRole("button", { name: "More for Google Chat" }));
    const items = await screen.findAllByRole("menuitem");
    expect(items.map((item) => item.textContent)).toEqual([
      "Settings",
      "Check now",
      "Permissions",
      "Re-authenticate",
      "Disconnect…",
    ]);
  });
});
