import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { installFake } from "../../test/fake";
import { show } from "../../test/render";
import PlanPage from "./PlanPage";

describe("the plan screen", () => {
  test("approves a link together with the seat it needs", async () => {
    const { bindings } = installFake(window, "busy");
    const approve = vi.spyOn(bindings.Plan, "Approve");
    show(<PlanPage />);
    fireEvent.click(await screen.findByRole("button", { name: /Link rooms/ }));
    fireEvent.click(screen.getAllByRole("checkbox", { name: /^Approve: / })[0] as HTMLElement);
    await vi.waitFor(() =>
      expect(approve).toHaveBeenCalledWith("plan-12", ["lr-0", "seat-0"], true),
    );
  });

  test("asks in numbers before it applies, and applies only then", async () => {
    const { bindings } = installFake(window, "busy");
    const apply = vi.spyOn(bindings.Plan, "Apply");
    show(<PlanPage />);
    fireEvent.click(await screen.findByRole("button", { name: /^Apply \d+ approved$/ }));
    expect(await screen.findByText(/changes will be carried out one by one/)).toBeTruthy();
    expect(apply).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Apply" }));
    await vi.waitFor(() => expect(apply).toHaveBeenCalledWith("plan-12"));
  });

  test("offers to look for changes where there is no plan yet", async () => {
    installFake(window, "empty");
    show(<PlanPage />);
    expect(await screen.findByText("No plan yet")).toBeTruthy();
    expect(screen.getAllByRole("button", { name: "Look for changes" }).length).toBe(2);
  });

  test("shows the platform's answer when it cannot be read", async () => {
    installFake(window, "error");
    show(<PlanPage />);
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    expect(alert.textContent).toContain("delegation lacks a scope");
    expect(within(alert).getByRole("button", { name: "Mend it" })).toBeTruthy();
  });
});
