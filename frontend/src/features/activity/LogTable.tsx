import type { ReactNode } from "react";
import type { LogRow } from "../../api";
import { type Column, clockTime, Glyph, Pill, took, useNow, VirtualTable } from "../../components";
import { levels, texts } from "./texts";

type LogTableProps = {
  rows: LogRow[];
  selected: string;
  onSelect: (id: string) => void;
  onEnd: () => void;
  footer: ReactNode;
};

const columnsAt = (now: number, narrow: boolean): Column<LogRow>[] => [
  {
    key: "time",
    header: texts.columns.time,
    width: "118px",
    render: (row) => <span className="mono">{clockTime(row.time, now)}</span>,
  },
  {
    key: "level",
    header: "",
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
    header: texts.columns.where,
    width: "minmax(0, 1fr)",
    render: (row) => <span title={row.where}>{row.where}</span>,
  },
  {
    key: "who",
    header: texts.columns.who,
    width: "minmax(0, 0.8fr)",
    render: (row) => <span title={row.who}>{row.who}</span>,
  },
  {
    key: "platform",
    header: narrow ? "" : texts.columns.platform,
    width: narrow ? "36px" : "72px",
    render: (row) =>
      row.platform ? (
        <span role="img" aria-label={row.platform} title={row.platform}>
          <Glyph platform={row.platform} size={17} />
        </span>
      ) : null,
  },
  {
    key: "took",
    header: texts.columns.took,
    width: "68px",
    end: true,
    render: (row) => <span className="mono dim">{took(row.tookMs)}</span>,
  },
];

export function LogTable({ rows, selected, onSelect, onEnd, footer }: LogTableProps) {
  const now = useNow(60_000);
  return (
    <VirtualTable
      label={texts.table}
      rows={rows}
      columns={columnsAt(now, selected !== "")}
      rowId={(row) => row.id}
      rowHeight={30}
      selected={selected}
      onSelect={(row) => onSelect(row.id)}
      onEnd={onEnd}
      footer={footer}
    />
  );
}
