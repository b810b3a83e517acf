import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { type LogDetail, logEntryQuery } from "../../api";
import {
  clockTime,
  Facts,
  Failed,
  Loading,
  PageButton,
  Pill,
  took,
  useCopy,
  useNow,
} from "../../components";
import css from "./activity.module.css";
import { levels, texts } from "./texts";

type EntryDetailProps = { id: string; onClose: () => void };

/** One entry in full, with what support needs. */
export function EntryDetail({ id, onClose }: EntryDetailProps) {
  const entry = useQuery(logEntryQuery(id));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);
  return (
    <aside className={css.detail} aria-label={texts.detail}>
      {entry.isPending && <Loading rows={5} />}
      {entry.isError && <Failed reason={entry.error} onRetry={() => void entry.refetch()} />}
      {entry.data && <Detail detail={entry.data} onClose={onClose} />}
    </aside>
  );
}

function Detail({ detail, onClose }: { detail: LogDetail; onClose: () => void }) {
  const now = useNow(60_000);
  const copy = useCopy();
  const level = levels[detail.row.level];
  return (
    <>
      <div className={css.detailHead}>
        <h2 className="text">{detail.row.what}</h2>
        <ActionIcon aria-label={texts.close} onClick={onClose} size="sm">
          <IconX size={15} />
        </ActionIcon>
      </div>
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <Pill tone={level.tone}>{level.word}</Pill>
        <span className="dim">{clockTime(detail.row.time, now)}</span>
      </div>
      {detail.text && <p>{detail.text}</p>}
      {detail.advice && <p className="dim">{detail.advice}</p>}
      <Facts rows={factsOf(detail)} />
      <div className={css.buttons}>
        <Button onClick={() => copy(detail.support)} title={texts.copyText}>
          {texts.copy}
        </Button>
        {detail.url && <PageButton url={detail.url}>{texts.open}</PageButton>}
      </div>
    </>
  );
}

function factsOf(detail: LogDetail): [string, ReactNode][] {
  const mono = (text: string) => <span className="mono">{text}</span>;
  const rows: [string, ReactNode][] = [
    [texts.where, detail.row.where],
    [texts.who, detail.row.who],
    [texts.actor, detail.actor],
    [texts.answer, detail.answer && mono(detail.answer)],
    [texts.requestId, detail.requestId && mono(detail.requestId)],
    [texts.attempts, detail.attempts > 0 ? String(detail.attempts) : ""],
    [texts.took, took(detail.row.tookMs)],
    [texts.run, detail.run && mono(detail.run)],
    ...detail.fields.map((field): [string, ReactNode] => [field.name, mono(field.value)]),
  ];
  return rows.filter(([, value]) => Boolean(value));
}
