import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { type Account, commands, MatchState, type Person, type Side } from "../../api";
import { Pill, useRun } from "../../components";
import { AccountDialog } from "./AccountDialog";
import css from "./people.module.css";
import { states, texts } from "./texts";

type PersonDetailProps = { person: Person; sides: Side[]; onClose: () => void };

/** One person: both accounts, why they match, and what can be decided. */
export function PersonDetail({ person, sides, onClose }: PersonDetailProps) {
  const decide = useRun(commands.decidePeople);
  const enable = useRun(commands.enablePeople);
  const [asking, setAsking] = useState(false);
  const state = states[person.state];
  // The platform on which the person has no account.
  const other = sides[person.left.id ? 1 : 0]?.platform ?? "";
  const matched = person.state === MatchState.Matched || person.state === MatchState.Linked;
  return (
    <aside className={css.detail} aria-label={texts.selected}>
      <div className={css.detailHead}>
        <h2 className="text">{person.left.name || person.right.name}</h2>
        <ActionIcon aria-label={texts.close} onClick={onClose} size="sm">
          <IconX size={15} />
        </ActionIcon>
      </div>
      <div>
        <Pill tone={state.tone}>{state.word}</Pill>
      </div>
      {person.why && <p>{person.why}</p>}
      <AccountCard account={person.left} />
      <AccountCard account={person.right} />
      {person.candidates.length > 0 && (
        <>
          <b>{texts.candidates}</b>
          {person.candidates.map((account) => (
            <AccountCard key={account.id} account={account} />
          ))}
        </>
      )}
      {asking && (
        <AccountDialog person={person} platform={other} onClose={() => setAsking(false)} />
      )}
      <div className={css.buttons}>
        {person.state === MatchState.Unmatched && other && (
          <Button onClick={() => setAsking(true)}>{texts.makeAccount}</Button>
        )}
        {person.state === MatchState.Suggested && (
          <>
            <Button
              variant="filled"
              loading={decide.pending}
              onClick={() => decide.run([person.id], true)}
            >
              {texts.confirmMatch}
            </Button>
            <Button disabled={decide.pending} onClick={() => decide.run([person.id], false)}>
              {texts.reject}
            </Button>
          </>
        )}
        {matched && (
          <Button loading={enable.pending} onClick={() => enable.run([person.id], !person.enabled)}>
            {person.enabled ? texts.disable : texts.enable}
          </Button>
        )}
      </div>
    </aside>
  );
}

function AccountCard({ account }: { account: Account }) {
  if (!account.id) return null;
  return (
    <div className={`${css.account} text`}>
      <b>{account.name}</b>
      <div>{account.address}</div>
      <div className="dim">
        {[
          account.orgUnit,
          account.guest ? texts.guest : "",
          account.state === "active" ? "" : account.state,
        ]
          .filter(Boolean)
          .join(" · ")}
      </div>
    </div>
  );
}
