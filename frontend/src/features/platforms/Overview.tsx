import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useLocation } from "wouter";
import { Level, type Note, type Overview } from "../../api";
import { DoneIcon, PageLink, Panel, Rows, TextButton } from "../../components";
import css from "./platforms.module.css";
import { texts } from "./texts";

export function GettingStarted({ lines }: { lines: Overview["started"] }) {
  const [, go] = useLocation();
  const done = lines.filter((line) => line.done).length;
  return (
    <Panel title={texts.started} aside={texts.startedDone(done, lines.length)}>
      <Rows label={texts.started}>
        {lines.map((line) => (
          <li key={line.text}>
            <div className={css.line}>
              <DoneIcon done={line.done} />
              {line.link && !line.done ? (
                <TextButton onClick={() => go(line.link)}>{line.text}</TextButton>
              ) : (
                <span className={line.done ? css.done : undefined}>{line.text}</span>
              )}
              <span className="dim">{line.note}</span>
            </div>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}

/** Where a note leads: a screen of the window, or a page in the browser. */
export function NoteLink({ note }: { note: Note }) {
  const [, go] = useLocation();
  const text = note.linkText || texts.open;
  return (
    <span className={css.links}>
      {note.fixUrl && <PageLink url={note.fixUrl}>{texts.fix}</PageLink>}
      {note.link.startsWith("/") && <TextButton onClick={() => go(note.link)}>{text}</TextButton>}
      {note.link && !note.link.startsWith("/") && <PageLink url={note.link}>{text}</PageLink>}
    </span>
  );
}

export function Notes({ notes }: { notes: Note[] }) {
  return (
    <>
      {notes.map((note) => (
        <li key={`${note.platform} ${note.text}`}>
          <div className={css.line}>
            <span
              style={{
                color: note.severity === Level.Problem ? "var(--bad)" : "var(--warn)",
                lineHeight: 0,
              }}
            >
              {note.severity === Level.Info ? (
                <IconInfoCircle size={16} />
              ) : (
                <IconAlertTriangle size={16} />
              )}
            </span>
            <span className="text">
              {note.text}
              {note.detail && <div className="dim">{note.detail}</div>}
            </span>
            <NoteLink note={note} />
          </div>
        </li>
      ))}
    </>
  );
}
