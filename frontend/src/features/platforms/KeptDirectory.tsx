import { Button } from "@mantine/core";
import { modals } from "@mantine/modals";
import { type Card, CardState, commands } from "../../api";
import { counted, showDone, useRun } from "../../components";
import css from "./platforms.module.css";
import { keptTexts as texts } from "./texts";

/** What was imported from a platform that was disconnected since, and how to erase it. */
export function KeptDirectory({ card }: { card: Card }) {
  const erase = useRun(commands.eraseDirectory, () => showDone(texts.done(card.name)));
  if (card.state !== CardState.New || card.people + card.rooms === 0) return null;
  const people = counted(card.people, "person", "people");
  const rooms = counted(card.rooms, card.roomWords.replace(/s$/, ""), card.roomWords);
  const ask = () =>
    modals.openConfirmModal({
      title: texts.title(card.name),
      children: <p>{texts.text(people, rooms)}</p>,
      labels: { confirm: texts.yes, cancel: texts.no },
      confirmProps: { variant: "filled", "data-tone": "bad" },
      onConfirm: () => erase.run(card.id),
    });
  return (
    <div className={css.kept}>
      <span className="text">{texts.kept(people, rooms)}</span>
      <Button c="var(--bad)" loading={erase.pending} onClick={ask}>
        {texts.erase}
      </Button>
    </div>
  );
}
