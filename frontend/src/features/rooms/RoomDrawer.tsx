import { Button, Drawer, Select } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import {
  commands,
  type Reader,
  type RoomDetail,
  type RoomSide,
  RoomState,
  roomChoicesQuery,
  roomQuery,
} from "../../api";
import { Failed, Glyph, Loading, PageButton, Pill, showDone, useRun } from "../../components";
import css from "./rooms.module.css";
import { states, texts } from "./texts";

type RoomDrawerProps = { id: string; onClose: () => void };

/** A pair of rooms: what it is, who is in it, who will newly read what, and what can be done. */
export function RoomDrawer({ id, onClose }: RoomDrawerProps) {
  const detail = useQuery({ ...roomQuery(id), enabled: id !== "" });
  const row = detail.data?.row;
  return (
    <Drawer
      opened={id !== ""}
      onClose={onClose}
      title={row ? row.left.name || row.right.name : texts.title}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      {detail.isLoading && <Loading rows={8} />}
      {detail.isError && <Failed reason={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.data && <Detail key={id} detail={detail.data} />}
    </Drawer>
  );
}

const hasLink = (state: RoomState) => state === RoomState.Linked || state === RoomState.Paused;

function Detail({ detail }: { detail: RoomDetail }) {
  const { row } = detail;
  const state = states[row.state];
  const outside = detail.readers.filter((reader) => reader.kind !== "internal").length;
  return (
    <>
      <div className={css.pair}>
        <Side side={row.left} />
        <Side side={row.right} />
      </div>
      <div style={{ marginTop: 12 }} className="text">
        <Pill tone={state.tone}>{state.word}</Pill> <span className="dim">{row.reason}</span>
      </div>
      {detail.notes.map((note) => (
        <p key={note.text} style={{ marginTop: 8, color: "var(--warn)" }}>
          {note.text}
        </p>
      ))}
      <Buttons detail={detail} />
      <section className={css.section}>
        <h3>
          {hasLink(row.state) ? texts.readersNow : texts.readersNew}
          {outside > 0 && <Pill tone="warn">{texts.outside(outside)}</Pill>}
        </h3>
        {detail.readers.length === 0 ? (
          <div className="dim">{texts.noReaders}</div>
        ) : (
          <Readers readers={detail.readers} />
        )}
      </section>
      <section className={css.section}>
        <h3>{texts.members}</h3>
        <ul className={css.people}>
          {detail.members.slice(0, shownPeople).map((member) => (
            <li key={`${member.platform} ${member.address} ${member.name}`}>
              <Glyph platform={member.platform} size={18} />
              <div className="text">
                {member.name} <span className="dim">{member.address}</span>
                {!member.counterpart && <div className="dim">{texts.noCounterpart}</div>}
              </div>
              {member.kind !== "internal" && <Pill tone="warn">{member.kind}</Pill>}
            </li>
          ))}
        </ul>
        <More of={detail.members.length} />
      </section>
    </>
  );
}

const shownPeople = 60;

const More = ({ of }: { of: number }) =>
  of > shownPeople ? <div className="dim">{texts.seeAll(of - shownPeople)}</div> : null;

function Readers({ readers }: { readers: Reader[] }) {
  return (
    <>
      <ul className={css.people}>
        {readers.slice(0, shownPeople).map((reader) => (
          <li key={`${reader.platform} ${reader.address} ${reader.name}`}>
            <Glyph platform={reader.platform} size={18} />
            <div className="text">
              {reader.name} <span className="dim">{reader.address}</span>
              <div className="dim">{reader.reads}</div>
            </div>
            {reader.kind !== "internal" && <Pill tone="warn">{reader.kind}</Pill>}
          </li>
        ))}
      </ul>
      <More of={readers.length} />
    </>
  );
}

function Side({ side }: { side: RoomSide }) {
  if (!side.id) return null;
  return (
    <div className={css.side}>
      <Glyph platform={side.platform} size={26} />
      <div className="text">
        <b>{side.name}</b>
        <div className="dim">
          {[side.group, side.kind, texts.membersOf(side.members)].filter(Boolean).join(" · ")}
        </div>
      </div>
      {side.url && <PageButton url={side.url}>{texts.open}</PageButton>}
    </div>
  );
}

function Buttons({ detail }: { detail: RoomDetail }) {
  const { row } = detail;
  const pause = useRun(commands.pauseRoom);
  const unlink = useRun(commands.unlinkRoom);
  if (row.state === RoomState.Unlinkable) return null;
  if (!hasLink(row.state)) return <Propose detail={detail} />;
  const paused = row.state === RoomState.Paused;
  const ask = () =>
    modals.openConfirmModal({
      title: texts.unlinkTitle,
      children: texts.unlinkText,
      labels: { confirm: texts.unlinkYes, cancel: texts.cancel },
      confirmProps: { variant: "filled", color: "red" },
      onConfirm: () => unlink.run(row.id),
    });
  return (
    <div className={css.buttons}>
      <Button loading={pause.pending} onClick={() => pause.run(row.id, !paused)}>
        {paused ? texts.resume : texts.pause}
      </Button>
      <Button c="var(--bad)" loading={unlink.pending} onClick={ask}>
        {texts.unlink}
      </Button>
    </div>
  );
}

function Propose({ detail }: { detail: RoomDetail }) {
  const { row } = detail;
  const [, go] = useLocation();
  const [other, setOther] = useState("");
  const [search, setSearch] = useState("");
  const alone = row.state === RoomState.Unlinked;
  const choices = useQuery({ ...roomChoicesQuery(row.id, search), enabled: alone });
  const propose = useRun(commands.proposeLink, () => showDone(texts.proposed));
  if (row.inPlan) {
    return (
      <div className={css.buttons}>
        <Pill tone="accent">{texts.inPlan}</Pill>
        <Button onClick={() => go("/plan")}>{texts.openPlan}</Button>
      </div>
    );
  }
  const own = row.left.id || row.right.id;
  return (
    <div style={{ marginTop: 14, display: "grid", gap: 8 }}>
      {alone && (
        <Select
          label={texts.chooseOther}
          searchable
          nothingFoundMessage={texts.chooseNone}
          data={(choices.data ?? []).map((side) => ({
            value: side.id,
            label: side.group ? `${side.group} › ${side.name}` : side.name,
          }))}
          value={other || null}
          onChange={(value) => setOther(value ?? "")}
          searchValue={search}
          onSearchChange={setSearch}
        />
      )}
      <div className={css.buttons} style={{ marginTop: 0, alignItems: "center" }}>
        <Button
          variant="filled"
          disabled={alone && !other}
          loading={propose.pending}
          onClick={() => propose.run(own, alone ? other : row.right.id)}
        >
          {texts.propose}
        </Button>
        <span className="dim">{texts.proposeText}</span>
      </div>
    </div>
  );
}
