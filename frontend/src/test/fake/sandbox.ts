import type { Pane, PaneMessage, SandboxFault, SandboxState } from "../../api";

const speakers = ["Ana Ortiz", "Łukasz Nowak", "Mei Tanaka", "Dana Weber"].map((name, i) => ({
  id: `u-${i}`,
  name,
  address: `${name.split(" ")[0]?.toLowerCase()}@acme.example`,
  counterpart: true,
}));

const fault = (
  tenant: string,
  group: string,
  title: string,
  change: Partial<SandboxFault> = {},
): SandboxFault => ({ id: title, title, tenant, group, shows: "", on: false, ...change });

/** Two panes that carry what is typed to each other after a moment. */
export function makeSandbox(now: number) {
  let next = 0;
  const message = (
    author: string,
    text: string,
    minutes: number,
    carried: boolean,
    root?: string,
  ): PaneMessage => {
    const id = `m-${next++}`;
    return {
      id,
      root: root ?? id,
      author,
      text,
      time: new Date(now - minutes * 60_000).toISOString(),
      edited: false,
      deleted: false,
      carried,
    };
  };
  const both: [string, string, number, boolean, boolean, boolean][] = [
    [
      "Ana Ortiz",
      "Morning! The new onboarding sketches are in the folder. Could somebody look at the second screen?",
      34,
      true,
      false,
      false,
    ],
    [
      "Łukasz Nowak",
      "On it. The button says “Weiter”, should that be “Continue” for everybody?",
      31,
      false,
      true,
      false,
    ],
    ["Ana Ortiz", "Yes please. I corrected the first two already.", 30, true, true, true],
    ["Mei Tanaka", "デザインは良いと思います。色だけ確認させてください。", 12, false, false, false],
    [
      "Dana Weber",
      "Release train leaves at 16:00, everything merged by then is in.",
      4,
      true,
      false,
      false,
    ],
  ];
  const panes: Record<string, PaneMessage[]> = { google: [], microsoft: [] };
  for (const [tenant, list] of Object.entries(panes)) {
    for (const [author, text, minutes, google, reply, edited] of both) {
      const carried = (tenant === "google") !== google;
      list.push({
        ...message(
          carried && tenant === "microsoft" ? `Mio bridge · ${author}` : author,
          text,
          minutes,
          carried,
          reply ? list[0]?.id : undefined,
        ),
        edited,
      });
    }
  }
  const faults = [
    fault("google", "Delegation", "One scope is missing in the entry"),
    fault("google", "Delegation", "The entry has the e-mail address, not the number"),
    fault("google", "Delegation", "Google has not caught up yet"),
    fault("google", "Chat", "The Chat app was never configured", {
      on: true,
      shows: "Confirm says that the Chat app has to be configured, with the page where it is done.",
    }),
    fault("google", "Chat", "Chat is off for an org unit"),
    fault("google", "Sign-in", "Session control asks to sign in again"),
    fault("microsoft", "Consent", "Consent was taken back in the middle"),
    fault("microsoft", "Consent", "The registration changed after the consent"),
    fault("microsoft", "Sign-in", "A Conditional Access policy blocks the sign-in"),
    fault("microsoft", "On the way", "Posted, but the answer is lost", { on: true }),
    fault("", "On the way", "Every answer takes 2 seconds longer"),
  ];
  const say = (tenant: string, author: string, root: string, text: string) => {
    const name = speakers.find((one) => one.id === author)?.name ?? author;
    const own = message(name, text, 0, false, root || undefined);
    own.time = new Date().toISOString();
    panes[tenant]?.push(own);
    const other = tenant === "google" ? "microsoft" : "google";
    setTimeout(
      () => panes[other]?.push({ ...own, id: `m-${next++}`, root: `m-${next}`, carried: true }),
      900,
    );
    return own.id;
  };
  return {
    say,
    setFault: (id: string, on: boolean) => {
      for (const one of faults) if (one.id === id) one.on = on;
    },
    pane: (tenant: string): Pane => ({
      tenant,
      room: tenant === "google" ? "Design → Entwurf" : "Product › Design / Entwurf",
      speakers,
      messages: panes[tenant] ?? [],
    }),
    state: (empty: boolean): SandboxState => ({
      tenants: [
        {
          name: "google",
          platform: "Google Chat",
          org: "Acme",
          domain: "acme.example",
          people: 812,
          rooms: 46,
          calls: 4312,
          refused: 17,
        },
        {
          name: "microsoft",
          platform: "Microsoft Teams",
          org: "Contoso",
          domain: "contoso.example",
          people: 790,
          rooms: 51,
          calls: 3870,
          refused: 41,
        },
      ],
      pairs: empty
        ? []
        : [
            {
              id: "1",
              left: "Design → Entwurf",
              right: "Product › Design / Entwurf",
              linked: true,
            },
            { id: "2", left: "Sales EMEA", right: "Sales › EMEA", linked: true },
            { id: "3", left: "Fußball", right: "Operations › Fußball", linked: false },
          ],
      faults,
      exports: {
        files: { googleCsv: "/home/dana/Downloads/User_Download_23112026.csv", microsoftCsv: "" },
        used: 806,
        leftOut: [
          { file: "User_Download_23112026.csv", line: 41, reason: "No e-mail address" },
          {
            file: "User_Download_23112026.csv",
            line: 317,
            reason: "The address mei.tanaka@acme.example stands in line 12 already",
          },
        ],
      },
    }),
  };
}
