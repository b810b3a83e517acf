import { Button } from "@mantine/core";
import { IconCircleCheck, IconFileText, IconMail } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { commands, StepState } from "../../api";
import { CopyField, PageButton, ScriptView, showDone, useCopy, useRun } from "../../components";
import css from "./connect.module.css";
import { mailto } from "./mail";
import type { PartProps } from "./StepView";
import { texts } from "./texts";

export function TextPart({ part }: PartProps) {
  return (
    <div className={`${css.part} text`}>
      {part.label && <b>{part.label}</b>}
      {part.text.split(/\n\s*\n/).map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
    </div>
  );
}

export function LinkPart({ part }: PartProps) {
  return (
    <div className={css.line}>
      {part.url.startsWith("mailto:") ? (
        <MailButton url={part.url} label={part.label} />
      ) : (
        <PageButton url={part.url}>{part.label}</PageButton>
      )}
      {part.text && <span className="dim text">{part.text}</span>}
    </div>
  );
}

type MailButtonProps = {
  url: string;
  label: string;
  /** Copied too, since a mail program may cut it off. */
  copied?: string;
};

function MailButton({ url, label, copied }: MailButtonProps) {
  const open = useRun(commands.openURL);
  const copy = useCopy();
  const begin = () => {
    if (copied) copy(copied);
    open.run(url);
  };
  return (
    <Button leftSection={<IconMail size={14} />} onClick={begin}>
      {label}
    </Button>
  );
}

/** A text of several lines, to copy or to save. */
export function ScriptPart({ platform, part }: PartProps) {
  const save = useRun(commands.saveScript, (path) => path && showDone(texts.savedTo(path)));
  const mail = mailto(part.value);
  return (
    <div className={css.part}>
      <b>{part.label}</b>
      {part.text && <p className="dim text">{part.text}</p>}
      <ScriptView
        label={part.label}
        text={part.value}
        file={part.file}
        saving={save.pending}
        onSave={() => save.run(platform, part.id)}
      />
      {mail && (
        <div className={css.line} style={{ marginTop: 4 }}>
          <MailButton url={mail} label={texts.mail} copied={part.value} />
          <span className="dim">{texts.mailText}</span>
        </div>
      )}
    </div>
  );
}

export function CopyPart({ part }: PartProps) {
  return (
    <div className={css.part}>
      <CopyField label={part.label} value={part.value} />
      {part.text && <div className="dim text">{part.text}</div>}
    </div>
  );
}

export function FilePart({ platform, part }: PartProps) {
  const [over, setOver] = useState(false);
  const said = (text: string) => text && showDone(text);
  const choose = useRun(commands.chooseFile, said);
  const put = useRun(commands.putFile, said);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) void file.text().then((text) => put.run(platform, part.id, file.name, text));
  };
  return (
    <div className={css.part}>
      <section
        className={css.drop}
        data-over={over}
        aria-label={part.label}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <IconFileText size={22} color="var(--dim)" />
        <div>
          <b>{part.label}</b>
          {part.text && <div className="dim text">{part.text}</div>}
        </div>
        <div className={css.line}>
          <Button
            loading={choose.pending || put.pending}
            onClick={() => choose.run(platform, part.id)}
          >
            {texts.choose}
          </Button>
          <span className="dim">{texts.drop}</span>
        </div>
      </section>
      <PartNote note={part.note} state={part.state} />
    </div>
  );
}

export function PartNote({ note, state }: { note: string; state: StepState }) {
  if (!note) return null;
  const done = state === StepState.Done;
  return (
    <div className={`${css.note} text ${done ? "" : "dim"}`} data-state={state}>
      {done && (
        <IconCircleCheck size={16} color="var(--ok)" style={{ flexShrink: 0, marginTop: 1 }} />
      )}
      {note}
    </div>
  );
}
