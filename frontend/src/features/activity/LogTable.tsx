import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { cardsQuery, type LogRow } from "../../api";
import { type Column, clockTime, Glyph, Pill, took, useNow, VirtualTable } from "../../components";
import { levels, texts } from "./texts";

type LogTableProps = {
  rows: LogRow[];
  selected: string;
  onSelect: (id: string) => void;
  onEnd: () => void;
  footer: ReactNode;
};

const columnsAt = (
  now: number,
  today: boolean,
  nameOf: (platform: string) => string,
): Column<LogRow>[] => [
  {
    key: "time",
    header: texts.columns.time,
    width: today ? "76px" : "124px",
    render: (row) => <span className="mono">{clockTime(row.time, now)}</span>,
  },
  {
    key: "level",
    header: texts.level,
    width: "82px",
    render: (row) => <Pill tone={levels[row.level].tone}>{levels[row.level].word}</Pill>,
  },
  {
    key: "what",
    header: texts.columns.what,
    width: "minmax(0, 1.3fr)",
    render: (row) => <span title={row.what}>{row.what}</span>,
  },
  {
    key: "where",
    from: 420,
    header: texts.columns.where,
    width: "minmax(0, 1fr)",
    render: (row) => <span title={row.where}>{row.where}</span>,
  },
  {
    key: "who",
    from: 560,
    header: texts.columns.who,
    width: "minmax(0, 0.8fr)",
    render: (row) => <span title={row.who}>{row.who}</span>,
  },
  {
    key: "platform",
    header: texts.columns.platform,
    width: "72px",
    render: (row) =>
      row.platform ? (
        <span role="img" aria-label={nameOf(row.platform)} title={nameOf(row.platform)}>
          <Glyph platform={row.platform} size={17} />
        </span>
      ) : null,
  },
  {
    key: "took",
    from: 520,
    header: texts.columns.took,
    width: "68px",
    end: true,
    render: (row) => <span className="mono dim">{took(row.tookMs)}</span>,
  },
];

export function LogTable({ rows, selected, onSelect, onEnd, footer }: LogTableProps) {
  const now = useNow(60_000);
  const { data: cards } = useQuery(cardsQuery());
  const nameOf = (platform: string) =>
    cards?.find((card) => card.id === platform)?.name ?? platform;
  const oldest = rows.at(-1)?.time ?? "";
  const today = new Date(oldest).toDateString() === new Date(now).toDateString();
  return (
    <VirtualTable
      label={texts.table}
      rows={rows}
      columns={columnsAt(now, today, nameOf)}
      rowId={(row) => row.id}
      rowHeight={30}
      selected={selected}
      onSelect={(row) => onSelect(row.id)}
      onEnd={onEnd}
      footer={footer}
    />
  );
}
