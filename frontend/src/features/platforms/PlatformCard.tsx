import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconCircleCheck,
  IconDots,
  IconKey,
  IconLogin2,
  IconPlugConnectedX,
  IconSettings,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { type Card, CardState, commands } from "../../api";
import {
  Ago,
  count,
  Facts,
  Glyph,
  isRunning,
  JobProgress,
  Pill,
  useJob,
  useRun,
} from "../../components";
import { DisconnectDialog } from "./DisconnectDialog";
import { KeptDirectory } from "./KeptDirectory";
import { Leftovers } from "./Leftovers";
import { NoteLink } from "./Overview";
import css from "./platforms.module.css";
import { states, texts } from "./texts";

const isSetUp = (card: Card) => card.state !== CardState.New && card.state !== CardState.Setup;

export function PlatformCard({ card }: { card: Card }) {
  const check = useJob("check", card.id);
  const disconnect = useJob("disconnect", card.id);
  return (
    <section className={css.card} aria-label={card.name}>
      <div className={css.top}>
        <Glyph platform={card.id} />
        <div>
          <h2>{card.name}</h2>
          <div className="dim text">{card.tenant || states[card.state].word}</div>
        </div>
        <div className={css.end}>
          <CardButtons card={card} />
        </div>
      </div>
      {isSetUp(card) ? <Facts rows={connectedFacts(card)} /> : <Invitation card={card} />}
      {card.state === CardState.SignIn && <SignInAgain card={card} />}
      {card.problems.map((note) => (
        <div key={`${note.text} ${note.detail}`} className={css.note} data-level={note.severity}>
          <span className="text">
            <b>{note.text}</b>
            {note.detail && <div>{note.detail}</div>}
          </span>
          <NoteLink note={note} />
        </div>
      ))}
      {isRunning(check) && <JobProgress job={check} title={texts.checking(card.name)} />}
      {isRunning(disconnect) && (
        <JobProgress job={disconnect} title={texts.disconnecting(card.name)} />
      )}
    </section>
  );
}

/** Why somebody must sign in again, and the button that leads there. */
function SignInAgain({ card }: { card: Card }) {
  const [, go] = useLocation();
  return (
    <div className={css.note} data-level="problem">
      <span className="text">
        <b>{texts.signInAgain}</b>
        {card.reason && <div>{card.reason}</div>}
      </span>
      <Button variant="filled" onClick={() => go(`/connect/${card.id}`)}>
        {texts.signIn}
      </Button>
    </div>
  );
}

function connectedFacts(card: Card): [string, ReactNode][] {
  const imported = card.imported
    ? `${count(card.people)} people · ${count(card.rooms)} ${card.roomWords}`
    : texts.notImported;
  const checks = card.checksAt ? (
    <>
      {card.checksPassed} of {card.checksTotal} passed, <Ago time={card.checksAt} />
    </>
  ) : (
    texts.noChecks
  );
  const rows: [string, ReactNode][] = [[texts.administrator, card.admin]];
  if (card.bridgeAccount) rows.push([texts.bridge, card.bridgeAccount]);
  rows.push(
    [texts.imported, imported],
    [texts.success, <Ago key="at" time={card.lastSuccess} />],
    [texts.checks, checks],
  );
  return rows;
}

function Invitation({ card }: { card: Card }) {
  const rows: [string, ReactNode][] = [
    [texts.need, card.need],
    [
      texts.takes,
      card.state === CardState.Setup ? texts.steps(card.stepsDone, card.stepsTotal) : card.takes,
    ],
  ];
  return (
    <>
      <p className="dim">{card.intro}</p>
      <Facts rows={rows} />
      <Leftovers card={card} />
      <KeptDirectory card={card} />
    </>
  );
}

function CardButtons({ card }: { card: Card }) {
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const check = useRun(commands.checkNow);
  const state = states[card.state];
  const setup = () => go(`/connect/${card.id}`);
  if (!isSetUp(card)) {
    return (
      <Button variant="filled" onClick={setup}>
        {card.state === CardState.Setup ? texts.goOn : texts.connect}
      </Button>
    );
  }
  return (
    <>
      <span title={card.stateText}>
        <Pill tone={state.tone}>{card.stateText || state.word}</Pill>
      </span>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={texts.more(card.name)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconSettings size={15} />}
            onClick={() => go(`/platforms/${card.id}/settings`)}
          >
            {texts.settings}
          </Menu.Item>
          <Menu.Item leftSection={<IconCircleCheck size={15} />} onClick={() => check.run(card.id)}>
            {texts.check}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKey size={15} />}
            onClick={() => go(`/platforms/${card.id}/permissions`)}
          >
            {texts.permissions}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogin2 size={15} />} onClick={setup}>
            {texts.reauthenticate}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--bad)"
            leftSection={<IconPlugConnectedX size={15} />}
            onClick={() => setAsking(true)}
          >
            {texts.disconnect}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking && <DisconnectDialog platform={card.id} onClose={() => setAsking(false)} />}
    </>
  );
}
