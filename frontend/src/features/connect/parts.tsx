import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconCircleCheck, IconFileText } from "@tabler/icons-react";
import { type DragEvent, useEffect, useState } from "react";
import { commands, StepState } from "../../api";
import { CopyField, PageButton, showDone, useRun } from "../../components";
import css from "./connect.module.css";
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
      <PageButton url={part.url}>{part.label}</PageButton>
      {part.text && <span className="dim text">{part.text}</span>}
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

/** A field is saved when it is left or Enter is pressed; nothing typed is lost by Back. */
export function FieldPart({ platform, part }: PartProps) {
  const [value, setValue] = useState(part.value);
  const save = useRun(commands.setField);
  useEffect(() => setValue(part.value), [part.value]);
  const store = () => {
    if (value.trim() !== part.value) save.run(platform, part.id, value.trim());
  };
  return (
    <div className={css.part}>
      <TextInput
        label={part.optional ? `${part.label} (${texts.optional})` : part.label}
        description={part.text}
        value={value}
        maw={520}
        spellCheck={false}
        onChange={(event) => setValue(event.currentTarget.value)}
        onBlur={store}
        onKeyDown={(event) => event.key === "Enter" && store()}
        error={part.state === StepState.Failed ? part.note : undefined}
      />
      {part.state !== StepState.Failed && <PartNote note={part.note} state={part.state} />}
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

export function TickPart({ platform, part }: PartProps) {
  const tick = useRun(commands.tick);
  const on = part.state !== StepState.Todo;
  return (
    <div className={css.part}>
      <Checkbox
        label={part.label}
        description={part.text || undefined}
        checked={on}
        disabled={tick.pending}
        onChange={(event) => tick.run(platform, part.id, event.currentTarget.checked)}
      />
      {part.note && (
        <div style={{ paddingLeft: 25 }}>
          <PartNote note={part.note} state={part.state} />
        </div>
      )}
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
