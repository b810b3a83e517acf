import { expect, test } from "vitest";
import { mailto } from "./mail";

test("a text whose first line is its subject begins an e-mail", () => {
  expect(mailto("Subject: Consent, please\n\nOpen this:\n\nhttps://a.example/?b=c&d\n")).toBe(
    "mailto:?subject=Consent%2C%20please&body=Open%20this%3A%0A%0Ahttps%3A%2F%2Fa.example%2F%3Fb%3Dc%26d",
  );
});

test("a script begins none", () => {
  expect(mailto("#!/usr/bin/env bash\nset -e\n")).toBe("");
});

test("a long text is handed over in whole paragraphs, as far as a mail program takes it", () => {
  const long = `Subject: s\n\nfirst\n\n${"x".repeat(1000)}\n\n${"y".repeat(1000)}`;
  const address = mailto(long);
  expect(address.length).toBeLessThan(1900);
  expect(address).toContain("first");
  expect(address).toContain("xxx");
  expect(address).not.toContain("yyy");
});
