import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMessages, IconSearchOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import {
  cardsQuery,
  type RoomRow,
  type RoomSide,
  RoomState,
  type RoomsSummary,
  roomsQuery,
  roomsSummaryQuery,
} from "../../api";
import {
  Ago,
  type Column,
  count,
  Empty,
  Failed,
  type FilterChoice,
  Filters,
  Loading,
  Page,
  Pill,
  SearchField,
  TwoLines,
  VirtualTable,
} from "../../components";
import { RoomDrawer } from "./RoomDrawer";
import css from "./rooms.module.css";
import { states, texts } from "./texts";

type Filter = RoomState | "";

const filtersOf = (s: RoomsSummary): FilterChoice<Filter>[] => [
  { value: "", label: texts.all, count: s.all },
  { value: RoomState.Linked, label: texts.linked, count: s.linked },
  { value: RoomState.Paused, label: texts.paused, count: s.paused },
  { value: RoomState.Suggested, label: texts.suggested, count: s.suggested },
  { value: RoomState.Unlinked, label: texts.unlinked, count: s.unlinked },
  { value: RoomState.Unlinkable, label: texts.unlinkable, count: s.unlinkable },
];

// The columns are headed by the first two platforms there are.
const columnsFor = (names: string[]): Column<RoomRow>[] => [
  {
    key: "left",
    header: names[0] ?? texts.room,
    width: "minmax(0, 1fr)",
    render: (row) => <RoomCell side={row.left} />,
  },
  {
    key: "right",
    header: names[1] ?? texts.room,
    width: "minmax(0, 1fr)",
    render: (row) => <RoomCell side={row.right} />,
  },
  {
    key: "state",
    header: texts.state,
    width: "130px",
    render: (row) => <Pill tone={states[row.state].tone}>{states[row.state].word}</Pill>,
  },
  {
    key: "about",
    header: texts.reason,
    width: "minmax(0, 1fr)",
    render: (row) => <About row={row} />,
  },
  {
    key: "last",
    header: texts.last,
    width: "120px",
    end: true,
    render: (row) => (
      <span className="dim">{row.lastMessage ? <Ago time={row.lastMessage} /> : texts.none}</span>
    ),
  },
];

export default function RoomsPage() {
  const [, go] = useLocation();
  const { data: cards } = useQuery(cardsQuery());
  const columns = useMemo(() => columnsFor(cards?.map((card) => card.name) ?? []), [cards]);
  const summary = useQuery(roomsSummaryQuery());
  const [filter, setFilter] = useState<Filter>("");
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, 150);
  const [selected, setSelected] = useState("");
  const rows = useQuery(roomsQuery({ state: filter as RoomState, search: settled }));
  if (summary.data?.all === 0) {
    return (
      <Page fill title={texts.title} sub={texts.sub}>
        <Empty
          icon={<IconMessages size={22} />}
          title={texts.emptyTitle}
          action={<Button onClick={() => go("/people")}>{texts.toPeople}</Button>}
        >
          {texts.emptyText}
        </Empty>
      </Page>
    );
  }
  return (
    <Page fill title={texts.title} sub={texts.sub}>
      <div className={css.bar}>
        <SearchField value={search} onChange={setSearch} label={texts.search} />
      </div>
      {summary.isError && <Failed reason={summary.error} onRetry={() => void summary.refetch()} />}
      {summary.data && (
        <Filters
          label={texts.filter}
          choices={filtersOf(summary.data)}
          value={filter}
          onChange={setFilter}
        />
      )}
      {rows.isPending && <Loading rows={9} />}
      {rows.isError && <Failed reason={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data?.length === 0 && (
        <Empty icon={<IconSearchOff size={22} />} title={texts.noneFits}>
          {texts.noneFitsText}
        </Empty>
      )}
      {rows.data && rows.data.length > 0 && (
        <VirtualTable
          label={texts.table}
          rows={rows.data}
          columns={columns}
          rowId={(row) => row.id}
          rowHeight={42}
          selected={selected}
          onSelect={(row) => setSelected(row.id)}
          muted={(row) => row.state === RoomState.Unlinkable}
        />
      )}
      <RoomDrawer id={selected} onClose={() => setSelected("")} />
    </Page>
  );
}

function RoomCell({ side }: { side: RoomSide }) {
  if (!side.id) return <span className="dim">{texts.none}</span>;
  return (
    <TwoLines
      top={side.name}
      below={[side.group, side.kind, texts.membersOf(side.members)].filter(Boolean).join(" · ")}
    />
  );
}

function About({ row }: { row: RoomRow }) {
  if (row.state === RoomState.Linked) {
    return (
      <span className="dim">
        {texts.messages(count(row.carried))}
        {row.waiting > 0 && <> · {row.waiting} waiting</>}
      </span>
    );
  }
  return (
    <span className="dim" title={row.reason}>
      {row.inPlan && <Pill tone="accent">{texts.inPlan}</Pill>} {row.reason}
    </span>
  );
}
