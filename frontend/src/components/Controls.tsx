import { Button, type ButtonProps, Kbd, TextInput } from "@mantine/core";
import { IconArrowUpRight, IconChevronRight, IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { commands, type Question } from "../api";
import { useCopy, useRun } from "./run";
import css from "./ui.module.css";

/** A read-only value with its copy button. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const copy = useCopy();
  return (
    <div>
      <div className="dim" style={{ marginBottom: 3 }}>
        {label}
      </div>
      <div className={css.copy}>
        <code title={value}>{value}</code>
        <button type="button" onClick={() => copy(value)} aria-label={`Copy: ${label}`}>
          Copy
        </button>
      </div>
    </div>
  );
}

type ScriptViewProps = {
  label: string;
  text: string;
  /** The name under which it is saved; without one it cannot be. */
  file?: string | undefined;
  onSave?: (() => void) | undefined;
  saving?: boolean | undefined;
};

/** A read-only text of several lines, to copy or to save. */
export function ScriptView({ label, text, file, onSave, saving }: ScriptViewProps) {
  const copy = useCopy();
  return (
    <div className={css.script} data-prose={!file || file.endsWith(".txt")}>
      <div>
        <code>{file}</code>
        <button type="button" onClick={() => copy(text)} aria-label={`Copy: ${label}`}>
          Copy
        </button>
        {file && onSave && (
          <button
            type="button"
            onClick={onSave}
            disabled={saving}
            aria-label={`Save as a file: ${label}`}
          >
            Save as…
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
    </div>
  );
}

/** A button that opens a page in the person's browser. */
export function PageButton({
  url,
  children,
  ...rest
}: ButtonProps & { url: string; children: ReactNode }) {
  const open = useRun(commands.openURL);
  return (
    <Button {...rest} onClick={() => open.run(url)} rightSection={<IconArrowUpRight size={14} />}>
      {children}
    </Button>
  );
}

/** A link to a page, opened in the person's browser. */
export function PageLink({ url, children }: { url: string; children: ReactNode }) {
  const open = useRun(commands.openURL);
  return (
    <button type="button" className={css.linkButton} onClick={() => open.run(url)}>
      {children}
      <IconArrowUpRight size={13} />
    </button>
  );
}

type TextButtonProps = {
  onClick: () => void;
  /** Read out in place of what is shown, where that says too little. */
  label?: string | undefined;
  /** Set where it opens something below. */
  expanded?: boolean | undefined;
  children: ReactNode;
};

/** A link inside the window that does something. */
export function TextButton({ onClick, label, expanded, children }: TextButtonProps) {
  return (
    <button
      type="button"
      className={css.linkButton}
      aria-label={label}
      aria-expanded={expanded}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

type SearchProps = { value: string; onChange: (value: string) => void; label: string };

/** The screen's search box; "/" puts the cursor into it. */
export function SearchField({ value, onChange, label }: SearchProps) {
  return (
    <TextInput
      style={{ flex: 1, minWidth: 160 }}
      leftSection={<IconSearch size={14} />}
      rightSection={value ? undefined : <Kbd size="xs">/</Kbd>}
      aria-label={label}
      placeholder={label}
      value={value}
      data-search
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        if (value) onChange("");
        else event.currentTarget.blur();
      }}
    />
  );
}

export type FilterChoice<T extends string> = { value: T; label: string; count?: number };

type FiltersProps<T extends string> = {
  label: string;
  choices: FilterChoice<T>[];
  value: T;
  onChange: (value: T) => void;
};

/** One of several filters, with how many rows each has. */
export function Filters<T extends string>({ label, choices, value, onChange }: FiltersProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame and a legend, which this row has not
    <div className={css.filters} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
          {choice.count !== undefined && <small>{choice.count.toLocaleString("en-GB")}</small>}
        </button>
      ))}
    </div>
  );
}

/** Questions with answers that open below them. */
export function Questions({ questions }: { questions: Question[] }) {
  if (questions.length === 0) return null;
  return (
    <div className={css.why}>
      {questions.map((question) => (
        <details key={question.ask}>
          <summary>
            <IconChevronRight size={14} />
            {question.ask}
          </summary>
          {question.answer.split(/\n\s*\n/).map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </details>
      ))}
    </div>
  );
}

/** Names and values, one a line. */
export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {rows.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A framed list of short rows. */
export const Rows = ({ children, label }: { children: ReactNode; label?: string }) => (
  <ul className={css.list} aria-label={label}>
    {children}
  </ul>
);
