import { Button, Menu, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearchOff, IconTimeline } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { cardsQuery, commands, Level, type LogQuery, logQuery, logSizeQuery } from "../../api";
import {
  count,
  Empty,
  Failed,
  Loading,
  longDate,
  Page,
  SearchField,
  useNow,
  useRun,
} from "../../components";
import css from "./activity.module.css";
import { EntryDetail } from "./EntryDetail";
import { Histogram } from "./Histogram";
import { LogTable } from "./LogTable";
import { buildQuery, histogramQueryOf, type LogFilter, noFilter } from "./query";
import { type RangeKey, ranges, texts } from "./texts";

// The range ends now; now moves on once a minute, not with every drawing.
const aMinute = 60_000;

export default function ActivityPage() {
  const size = useQuery(logSizeQuery());
  const [filter, setFilter] = useState<LogFilter>(noFilter);
  const [selected, setSelected] = useState("");
  const [settled] = useDebouncedValue(filter, 180);
  const now = useNow(aMinute);
  const query = useMemo(() => buildQuery(settled, now), [settled, now]);
  const entries = size.data?.entries ?? 0;
  const empty = size.data?.entries === 0;
  return (
    <Page
      fill
      title={texts.title}
      sub={size.data ? texts.size(count(entries), longDate(size.data.since)) : undefined}
      actions={<ExportMenu query={query} disabled={empty} />}
    >
      {empty ? (
        <Empty icon={<IconTimeline size={22} />} title={texts.emptyTitle}>
          {texts.emptyText}
        </Empty>
      ) : (
        <>
          <FilterBar filter={filter} onChange={setFilter} />
          <Histogram
            query={histogramQueryOf(settled, now)}
            span={filter.span}
            onSpan={(span) => setFilter({ ...filter, span })}
          />
          <Log query={query} selected={selected} onSelect={setSelected} />
        </>
      )}
    </Page>
  );
}

type LogProps = { query: LogQuery; selected: string; onSelect: (id: string) => void };

function Log({ query, selected, onSelect }: LogProps) {
  const log = useInfiniteQuery(logQuery(query));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = log;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const rows = useMemo(() => log.data?.pages.flatMap((page) => page.rows) ?? [], [log.data]);
  if (log.isPending) return <Loading rows={9} />;
  if (log.isError) return <Failed reason={log.error} onRetry={() => void log.refetch()} />;
  if (rows.length === 0) {
    return (
      <Empty icon={<IconSearchOff size={22} />} title={texts.noneTitle}>
        {texts.noneText}
      </Empty>
    );
  }
  const total = log.data.pages[0]?.total ?? -1;
  const footer = isFetchingNextPage
    ? texts.loadingMore
    : total >= 0
      ? texts.found(count(total))
      : "";
  return (
    <div className={css.split} data-open={selected !== ""}>
      <LogTable
        rows={rows}
        selected={selected}
        onSelect={onSelect}
        onEnd={onEnd}
        footer={<div className={css.foot}>{footer}</div>}
      />
      {selected && <EntryDetail id={selected} onClose={() => onSelect("")} />}
    </div>
  );
}

type FilterBarProps = { filter: LogFilter; onChange: (filter: LogFilter) => void };

function FilterBar({ filter, onChange }: FilterBarProps) {
  const { data: cards } = useQuery(cardsQuery());
  return (
    <div className={css.bar}>
      <SearchField
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
        label={texts.search}
      />
      <Select
        aria-label={texts.range}
        w={126}
        data={ranges}
        value={filter.range}
        onChange={(value) => onChange({ ...filter, range: value as RangeKey, span: undefined })}
      />
      <Select
        aria-label={texts.level}
        w={112}
        data={[
          { value: "any", label: texts.anyLevel },
          { value: Level.Info, label: "OK" },
          { value: Level.Slow, label: "Slow" },
          { value: Level.Warning, label: "Warning" },
          { value: Level.Problem, label: "Problem" },
        ]}
        value={filter.level || "any"}
        onChange={(value) =>
          onChange({ ...filter, level: value === "any" ? "" : (value as Level) })
        }
      />
      <Select
        aria-label={texts.platform}
        w={138}
        data={[
          { value: "any", label: texts.anyPlatform },
          ...(cards ?? []).map((card) => ({ value: card.id, label: card.name })),
        ]}
        value={filter.platform || "any"}
        onChange={(value) =>
          onChange({ ...filter, platform: value === "any" ? "" : (value ?? "") })
        }
      />
      <Button
        variant={filter.onlyProblems ? "light" : "default"}
        aria-pressed={filter.onlyProblems}
        onClick={() => onChange({ ...filter, onlyProblems: !filter.onlyProblems })}
      >
        {texts.onlyProblems}
      </Button>
    </div>
  );
}

function ExportMenu({ query, disabled }: { query: LogQuery; disabled: boolean }) {
  const write = useRun(commands.exportLog);
  return (
    <Menu width={220}>
      <Menu.Target>
        <Button disabled={disabled} loading={write.pending}>
          {texts.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => write.run(query, "csv")}>{texts.exportCsv}</Menu.Item>
        <Menu.Item onClick={() => write.run(query, "json")}>{texts.exportJson}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
