import { Button, Checkbox, Menu, Select } from "@mantine/core";
import { IconChevronDown, IconSearchOff } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { commands, type PlanRow, type PlanView, Risk, RowState } from "../../api";
import {
  type Column,
  count,
  Empty,
  Pill,
  SearchField,
  useRun,
  VirtualTable,
} from "../../components";
import css from "./plan.module.css";
import { RowDetail } from "./RowDetail";
import { isApproved, isOpen, type PlanFilter, shown, toApprove, toWithdraw } from "./selection";
import { risks, rowStates, texts } from "./texts";

type PlanRowsProps = { plan: PlanView; readOnly?: boolean };

/** The rows of a plan by kind, with what is approved. */
export function PlanRows({ plan, readOnly = false }: PlanRowsProps) {
  const [filter, setFilter] = useState<PlanFilter>({ verb: "", risk: "", search: "" });
  const [selected, setSelected] = useState("");
  const rows = useMemo(() => shown(plan.rows, filter), [plan.rows, filter]);
  const approve = useRun(commands.approve);
  const row = plan.rows.find((one) => one.id === selected);
  const group = plan.groups.find((one) => one.verb === filter.verb);
  const set = (on: boolean, ids: string[]) => {
    if (ids.length > 0) approve.run(plan.id, ids, on);
  };
  const toggle = (one: PlanRow, on: boolean) =>
    set(on, on ? toApprove(plan, [one], true) : toWithdraw(plan, [one]));
  const columns = columnsOf(readOnly, toggle);
  return (
    <div className={css.layout} data-open={Boolean(row)}>
      <Groups plan={plan} verb={filter.verb} onChange={(verb) => setFilter({ ...filter, verb })} />
      <div className={css.center}>
        <div className={css.bar}>
          <SearchField
            value={filter.search}
            onChange={(search) => setFilter({ ...filter, search })}
            label={texts.search}
          />
          <Select
            className={css.kinds}
            aria-label={texts.groups}
            w={190}
            value={filter.verb || "any"}
            onChange={(value) =>
              setFilter({ ...filter, verb: value === "any" ? "" : (value ?? "") })
            }
            data={[
              { value: "any", label: texts.all },
              ...plan.groups.map((one) => ({
                value: one.verb,
                label: `${one.title} (${count(one.count)})`,
              })),
            ]}
          />
          <Select
            aria-label={texts.risk}
            w={118}
            value={filter.risk || "any"}
            onChange={(value) =>
              setFilter({ ...filter, risk: value === "any" ? "" : (value as Risk) })
            }
            data={[
              { value: "any", label: texts.anyRisk },
              { value: Risk.Low, label: texts.lowRisk },
              { value: Risk.Medium, label: texts.mediumRisk },
              { value: Risk.High, label: texts.highRisk },
            ]}
          />
          {!readOnly && <ApproveMenu plan={plan} rows={rows} onSet={set} />}
        </div>
        {group && <div className="dim text">{group.text}</div>}
        {rows.length === 0 ? (
          <Empty icon={<IconSearchOff size={22} />} title={texts.noneFits}>
            {texts.noneFitsText}
          </Empty>
        ) : (
          <VirtualTable
            label={texts.table}
            rows={rows}
            columns={columns}
            rowId={(one) => one.id}
            rowHeight={34}
            selected={selected}
            onSelect={(one) => setSelected(one.id)}
          />
        )}
      </div>
      {row && <RowDetail plan={plan.id} row={row} onClose={() => setSelected("")} />}
    </div>
  );
}

const outcomes = [RowState.Done, RowState.Failed, RowState.Stale, RowState.Undone];

type GroupsProps = { plan: PlanView; verb: string; onChange: (verb: string) => void };

function Groups({ plan, verb, onChange }: GroupsProps) {
  const of = (state: RowState) => plan.rows.filter((row) => row.state === state).length;
  const open = plan.rows.filter(isOpen).length;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame and a legend, which this column has not
    <div className={css.groups} role="group" aria-label={texts.groups}>
      <button type="button" aria-pressed={verb === ""} onClick={() => onChange("")}>
        {texts.all} <small>{count(plan.rows.length)}</small>
      </button>
      {plan.groups.map((group) => (
        <button
          key={group.verb}
          type="button"
          aria-pressed={verb === group.verb}
          title={group.text}
          onClick={() => onChange(group.verb)}
        >
          {group.title} <small>{count(group.count)}</small>
        </button>
      ))}
      <div className={css.about}>
        {open > 0 && <div>{texts.approvedOf(count(of(RowState.Approved)), count(open))}</div>}
        {outcomes
          .filter((state) => of(state) > 0)
          .map((state) => (
            <div key={state}>{texts.outcome(count(of(state)), rowStates[state].word)}</div>
          ))}
      </div>
    </div>
  );
}

type ApproveMenuProps = {
  plan: PlanView;
  rows: PlanRow[];
  onSet: (on: boolean, ids: string[]) => void;
};

function ApproveMenu({ plan, rows, onSet }: ApproveMenuProps) {
  const open = rows.filter(isOpen);
  const safe = open.filter((row) => row.risk !== Risk.High);
  return (
    <Menu width={280}>
      <Menu.Target>
        <Button disabled={open.length === 0} rightSection={<IconChevronDown size={14} />}>
          {texts.approve}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onSet(true, toApprove(plan, rows, false))}>
          {texts.approveMenu.safe(count(safe.length))}
        </Menu.Item>
        <Menu.Item onClick={() => onSet(true, toApprove(plan, rows, true))}>
          {texts.approveMenu.shown(count(open.length))}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => onSet(false, toWithdraw(plan, rows))}>
          {texts.approveMenu.none}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function columnsOf(
  readOnly: boolean,
  toggle: (row: PlanRow, on: boolean) => void,
): Column<PlanRow>[] {
  const columns: Column<PlanRow>[] = [
    {
      key: "what",
      header: texts.what,
      width: "minmax(0, 1.7fr)",
      render: (row) => <span title={row.subject}>{row.subject}</span>,
    },
    {
      key: "change",
      header: texts.change,
      width: "minmax(0, 1.2fr)",
      render: (row) => <Change row={row} />,
    },
    {
      key: "why",
      header: texts.why,
      width: "minmax(0, 1fr)",
      from: 660,
      render: (row) => (
        <span className="dim" title={row.reason}>
          {row.reason}
        </span>
      ),
    },
    {
      key: "readers",
      from: 540,
      header: texts.readers,
      width: "92px",
      end: true,
      render: (row) => <ReaderCount row={row} />,
    },
    {
      key: "risk",
      header: texts.risk,
      width: "84px",
      render: (row) => (
        <span title={row.riskWhy}>
          <Pill tone={risks[row.risk].tone}>{risks[row.risk].word}</Pill>
        </span>
      ),
    },
    {
      key: "state",
      from: 480,
      header: texts.result,
      width: "124px",
      render: (row) => (
        <span title={row.result}>
          {row.state === RowState.Proposed ? (
            <span className="dim">{rowStates[row.state].word}</span>
          ) : (
            <Pill tone={rowStates[row.state].tone}>{rowStates[row.state].word}</Pill>
          )}
        </span>
      ),
    },
  ];
  if (!readOnly) {
    columns.unshift({
      key: "approve",
      header: texts.approve,
      headerHidden: true,
      width: "36px",
      render: (row) =>
        isOpen(row) ? (
          <Checkbox
            aria-label={texts.approveOne(row.subject)}
            checked={isApproved(row)}
            onClick={(event) => event.stopPropagation()}
            onChange={(event) => toggle(row, event.currentTarget.checked)}
          />
        ) : null,
    });
  }
  return columns;
}

function Change({ row }: { row: PlanRow }) {
  return (
    <span title={row.before ? `${row.before} → ${row.after}` : row.after}>
      {row.after}
      {row.before && <span className="dim"> · {texts.was(row.before)}</span>}
    </span>
  );
}

function ReaderCount({ row }: { row: PlanRow }) {
  if (row.readers < 0) return <span className="dim">{texts.notAsked}</span>;
  return (
    <span title={row.outside > 0 ? texts.outside(row.outside) : undefined}>
      {count(row.readers)}
      {row.outside > 0 && <b style={{ color: "var(--bad)" }}> ({row.outside})</b>}
    </span>
  );
}
