import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { modals } from "@mantine/modals";
import { IconDownload, IconSearchOff, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  commands,
  MatchState,
  type PeopleSummary,
  peopleQuery,
  peopleSummaryQuery,
} from "../../api";
import {
  Ago,
  count,
  Empty,
  Failed,
  type FilterChoice,
  Filters,
  Glyph,
  isRunning,
  JobProgress,
  Loading,
  Page,
  SearchField,
  TextButton,
  useJob,
  useRun,
} from "../../components";
import { PeopleTable } from "./PeopleTable";
import { PersonDetail } from "./PersonDetail";
import css from "./people.module.css";
import { ScopeDialog } from "./ScopeDialog";
import { texts } from "./texts";

type Filter = MatchState | "";

const filtersOf = (s: PeopleSummary): FilterChoice<Filter>[] => [
  { value: "", label: texts.all, count: s.all },
  { value: MatchState.Linked, label: texts.linked, count: s.linked },
  { value: MatchState.Matched, label: texts.matched, count: s.matched },
  { value: MatchState.Suggested, label: texts.suggested, count: s.suggested },
  { value: MatchState.Conflict, label: texts.conflict, count: s.conflict },
  { value: MatchState.Unmatched, label: texts.unmatched, count: s.unmatched },
  { value: MatchState.Suspended, label: texts.suspended, count: s.suspended },
];

export default function PeoplePage() {
  const summary = useQuery(peopleSummaryQuery());
  const [filter, setFilter] = useState<Filter>("");
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, 150);
  const [selected, setSelected] = useState("");
  const rows = useQuery(peopleQuery({ state: filter as MatchState, search: settled }));
  const job = useJob("import");
  const person = rows.data?.find((one) => one.id === selected);
  const never = summary.data?.all === 0 && !isRunning(job);
  return (
    <Page fill title={texts.title} sub={texts.sub} actions={<Buttons summary={summary.data} />}>
      {isRunning(job) && <JobProgress job={job} title={texts.importing} />}
      {summary.isError && <Failed reason={summary.error} onRetry={() => void summary.refetch()} />}
      {summary.data && <Sides summary={summary.data} />}
      {never ? (
        <NothingYet />
      ) : (
        <>
          <div className={css.bar}>
            <SearchField value={search} onChange={setSearch} label={texts.search} />
          </div>
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
          {rows.data && (
            <div className={css.split} data-open={Boolean(person)}>
              {rows.data.length === 0 ? (
                <Empty icon={<IconSearchOff size={22} />} title={texts.noneFits}>
                  {texts.noneFitsText}
                </Empty>
              ) : (
                <PeopleTable
                  rows={rows.data}
                  sides={summary.data?.sides ?? []}
                  selected={selected}
                  onSelect={setSelected}
                />
              )}
              {person && (
                <PersonDetail
                  person={person}
                  sides={summary.data?.sides ?? []}
                  onClose={() => setSelected("")}
                />
              )}
            </div>
          )}
        </>
      )}
    </Page>
  );
}

function Buttons({ summary }: { summary: PeopleSummary | undefined }) {
  const start = useRun(commands.importAll);
  const job = useJob("import");
  const matched = useQuery({
    ...peopleQuery({ state: MatchState.Matched, search: "" }),
    enabled: (summary?.matched ?? 0) > 0,
  });
  const enable = useRun(commands.enablePeople);
  const ids = matched.data?.map((person) => person.id) ?? [];
  const ask = () =>
    modals.openConfirmModal({
      title: texts.enableTitle,
      children: texts.enableText(count(ids.length)),
      labels: { confirm: texts.enableAll(ids.length), cancel: "Cancel" },
      confirmProps: { variant: "filled" },
      onConfirm: () => enable.run(ids, true),
    });
  return (
    <>
      {ids.length > 0 && (
        <Button loading={enable.pending} onClick={ask}>
          {texts.enableAll(ids.length)}
        </Button>
      )}
      {(summary?.all ?? 0) > 0 && (
        <Button
          variant="filled"
          leftSection={<IconDownload size={14} />}
          loading={isRunning(job) || start.pending}
          onClick={() => start.run()}
        >
          {texts.import}
        </Button>
      )}
    </>
  );
}

function Sides({ summary }: { summary: PeopleSummary }) {
  const [choosing, setChoosing] = useState("");
  const chosen = summary.sides.find((side) => side.platform === choosing);
  return (
    <div className={css.sides}>
      {chosen && (
        <ScopeDialog
          platform={chosen.platform}
          name={chosen.name}
          onClose={() => setChoosing("")}
        />
      )}
      {summary.sides.map((side) => (
        <section key={side.platform} className={css.side} aria-label={side.name}>
          <Glyph platform={side.platform} size={28} />
          <div style={{ minWidth: 0 }}>
            <b>{side.name}</b> <span className="dim text">{side.tenant}</span>
            <div className="dim">
              {texts.counts(count(side.people))} ·{" "}
              {side.imported ? (
                <TextButton
                  label={texts.scopeOf(side.name, side.scope)}
                  onClick={() => setChoosing(side.platform)}
                >
                  {side.scope}
                </TextButton>
              ) : (
                side.scope
              )}
            </div>
          </div>
          <span className="dim" style={{ marginLeft: "auto", whiteSpace: "nowrap" }}>
            {side.imported ? (
              <>
                {texts.importedAt} <Ago time={side.imported} />
              </>
            ) : (
              texts.never
            )}
          </span>
        </section>
      ))}
    </div>
  );
}

function NothingYet() {
  const start = useRun(commands.importAll);
  return (
    <Empty
      icon={<IconUsers size={22} />}
      title={texts.emptyTitle}
      action={
        <Button variant="filled" loading={start.pending} onClick={() => start.run()}>
          {texts.importFirst}
        </Button>
      }
    >
      {texts.emptyText}
    </Empty>
  );
}
