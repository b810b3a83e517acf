import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { installFake } from "../../test/fake";
import { makePeople } from "../../test/fake/people";
import { show } from "../../test/render";
import { AccountDialog } from "./AccountDialog";
import { ScopeDialog } from "./ScopeDialog";

const ignore = () => undefined;

describe("choosing who takes part", () => {
  test("says whom a choice takes in, and who would have to leave, before it counts", async () => {
    const { bindings } = installFake(window, "busy");
    const set = vi.spyOn(bindings.Accounts, "SetScope");
    show(<ScopeDialog platform="google" name="Google Chat" onClose={ignore} />);
    expect(await screen.findByText(/take part, 0 people do not/)).toBeTruthy();
    fireEvent.click(screen.getByRole("radio", { name: /^Groups/ }));
    const choose = screen.getByRole("button", { name: "Choose" }) as HTMLButtonElement;
    expect(choose.disabled).toBe(true);
    fireEvent.click(screen.getByRole("combobox", { name: /^Groups/ }));
    fireEvent.click(await screen.findByRole("option", { name: /^Bridge pilot/, hidden: true }));
    expect(await screen.findByText(/2 enabled people would be proposed/)).toBeTruthy();
    expect(set).not.toHaveBeenCalled();
    fireEvent.click(choose);
    const scope = { kind: "groups", of: ["Bridge pilot"] };
    await vi.waitFor(() => expect(set).toHaveBeenCalledWith("google", scope));
  });

  test("offers only what the platform tells of", async () => {
    show(<ScopeDialog platform="microsoft" name="Microsoft Teams" onClose={ignore} />);
    const units = await screen.findByRole("radio", { name: /^Org units/ });
    expect((units as HTMLInputElement).disabled).toBe(true);
  });
});

describe("an account for somebody without one", () => {
  const person = makePeople(1)[0];
  if (!person) throw new Error("nobody was made");

  test("is put into the plan only after what it brings was said", async () => {
    const { bindings } = installFake(window, "busy");
    const propose = vi.spyOn(bindings.Accounts, "Propose");
    show(<AccountDialog person={person} platform="microsoft" onClose={ignore} />);
    expect(await screen.findByText(/has to accept it once/)).toBeTruthy();
    expect(propose).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Put it into the plan" }));
    await vi.waitFor(() =>
      expect(propose).toHaveBeenCalledWith(
        [person.id],
        expect.objectContaining({ platform: "microsoft", guest: true }),
      ),
    );
  });

  test("that cannot be made is not proposed, and says why", async () => {
    show(<AccountDialog person={person} platform="microsoft" onClose={ignore} />);
    const dialog = within(await screen.findByRole("dialog"));
    fireEvent.click(await dialog.findByRole("radio", { name: /^Member account/ }));
    expect(await dialog.findByText(/is not a domain of contoso.example/)).toBeTruthy();
    const button = dialog.getByRole("button", { name: "Put it into the plan" });
    expect((button as HTMLButtonElement).disabled).toBe(true);
  });
});
