import { Switch } from "@mantine/core";
import { type Account, commands, MatchState, type PeopleSummary, type Person } from "../../api";
import { type Column, Pill, TwoLines, useRun, VirtualTable } from "../../components";
import { states, texts } from "./texts";

type PeopleTableProps = {
  rows: Person[];
  sides: PeopleSummary["sides"];
  selected: string;
  onSelect: (id: string) => void;
};

const canSwitch = (person: Person) =>
  person.state === MatchState.Linked || person.state === MatchState.Matched;

export function PeopleTable({ rows, sides, selected, onSelect }: PeopleTableProps) {
  const enable = useRun(commands.enablePeople);
  const columns: Column<Person>[] = [
    {
      key: "left",
      header: sides[0]?.name ?? texts.account,
      width: "minmax(0, 1.2fr)",
      render: (person) => <AccountCell account={person.left} />,
    },
    {
      key: "right",
      header: sides[1]?.name ?? texts.account,
      width: "minmax(0, 1.2fr)",
      render: (person) => <AccountCell account={person.right} />,
    },
    {
      key: "rule",
      from: 560,
      header: texts.rule,
      width: "minmax(0, 0.75fr)",
      render: (person) => (
        <span className="dim" title={person.why}>
          {person.rule || texts.none}
        </span>
      ),
    },
    {
      key: "state",
      header: texts.state,
      width: "126px",
      render: (person) => <Pill tone={states[person.state].tone}>{states[person.state].word}</Pill>,
    },
    {
      key: "enabled",
      from: 520,
      header: texts.enable,
      width: "64px",
      render: (person) =>
        canSwitch(person) ? (
          <Switch
            aria-label={`${texts.enable}: ${person.left.name}`}
            checked={person.enabled}
            disabled={enable.pending}
            onClick={(event) => event.stopPropagation()}
            onChange={(event) => enable.run([person.id], event.currentTarget.checked)}
          />
        ) : null,
    },
  ];
  return (
    <VirtualTable
      label={texts.table}
      rows={rows}
      columns={columns}
      rowId={(person) => person.id}
      rowHeight={42}
      selected={selected}
      onSelect={(person) => onSelect(person.id)}
      muted={(person) => person.state === MatchState.Suspended}
    />
  );
}

function AccountCell({ account }: { account: Account }) {
  if (!account.id) return <span className="dim">{texts.none}</span>;
  return (
    <TwoLines
      top={
        <>
          {account.name}
          {account.guest && <span className="dim"> ({texts.guest})</span>}
        </>
      }
      below={account.address}
    />
  );
}
