import { PasswordInput, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { commands, StepState } from "../../api";
import { useRun } from "../../components";
import css from "./connect.module.css";
import { PartNote } from "./parts";
import type { PartProps } from "./StepView";
import { texts } from "./texts";

/** A field is saved when it is left or Enter is pressed; nothing typed is lost by Back. */
export function FieldPart(props: PartProps) {
  const { part } = props;
  return (
    <div className={css.part}>
      <Entry {...props} />
      {part.state !== StepState.Failed && <PartNote note={part.note} state={part.state} />}
    </div>
  );
}

function Entry(props: PartProps) {
  const { platform, part } = props;
  const save = useRun(commands.setField);
  const common = {
    label: part.optional ? `${part.label} (${texts.optional})` : part.label,
    description: part.text,
    maw: 520,
    error: part.state === StepState.Failed ? part.note : undefined,
  };
  const store = (value: string) => save.run(platform, part.id, value);
  if (part.choices.length > 0) {
    return (
      <Select
        {...common}
        data={part.choices}
        value={part.value || null}
        placeholder={texts.chooseOne}
        onChange={(value) => value !== null && store(value)}
      />
    );
  }
  if (part.secret) {
    return <SecretEntry common={common} filled={part.state === StepState.Done} onStore={store} />;
  }
  return <TextEntry common={common} value={part.value} onStore={store} />;
}

type Common = { label: string; description: string; maw: number; error: string | undefined };

type TextEntryProps = { common: Common; value: string; onStore: (value: string) => void };

function TextEntry({ common, value, onStore }: TextEntryProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const store = () => typed.trim() !== value && onStore(typed.trim());
  return (
    <TextInput
      {...common}
      value={typed}
      spellCheck={false}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={store}
      onKeyDown={(event) => event.key === "Enter" && store()}
    />
  );
}

type SecretEntryProps = { common: Common; filled: boolean; onStore: (value: string) => void };

// A secret that is stored is never shown again, only replaced.
function SecretEntry({ common, filled, onStore }: SecretEntryProps) {
  const [typed, setTyped] = useState("");
  const store = () => {
    if (!typed.trim()) return;
    onStore(typed.trim());
    setTyped("");
  };
  return (
    <PasswordInput
      {...common}
      value={typed}
      placeholder={filled ? texts.sealed : undefined}
      autoComplete="off"
      visibilityToggleButtonProps={{ "aria-label": texts.showTyped }}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={store}
      onKeyDown={(event) => event.key === "Enter" && store()}
    />
  );
}
