import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { commands, type Pane, type PaneMessage, paneQuery, type SandboxTenant } from "../../api";
import {
  clockTime,
  count,
  Failed,
  Glyph,
  Loading,
  TextButton,
  useNow,
  useRun,
} from "../../components";
import css from "./sandbox.module.css";
import { texts } from "./texts";

type PaneViewProps = { pair: string; tenant: SandboxTenant };

/** One side of a pair, as it stands in the tenant. */
export function PaneView({ pair, tenant }: PaneViewProps) {
  const pane = useQuery(paneQuery(pair, tenant.name));
  const [replyTo, setReplyTo] = useState<PaneMessage>();
  return (
    <section className={css.pane} aria-label={tenant.platform}>
      <header>
        <Glyph platform={tenant.name} size={28} />
        <div className={css.name}>
          <h2 className="text">{pane.data?.room ?? tenant.platform}</h2>
          <div className="dim">
            {tenant.platform} · {tenant.domain}
          </div>
        </div>
        <div className="dim">
          {texts.counts(count(tenant.people), count(tenant.rooms))}
          <div>{texts.calls(count(tenant.calls), count(tenant.refused))}</div>
        </div>
      </header>
      {pane.isPending && <Loading rows={6} />}
      {pane.isError && <Failed reason={pane.error} onRetry={() => void pane.refetch()} />}
      {pane.data && (
        <>
          <Messages messages={pane.data.messages} onReply={setReplyTo} />
          <Composer
            pair={pair}
            tenant={tenant.name}
            pane={pane.data}
            replyTo={replyTo}
            onDone={() => setReplyTo(undefined)}
          />
        </>
      )}
    </section>
  );
}

type MessagesProps = { messages: PaneMessage[]; onReply: (message: PaneMessage) => void };

function Messages({ messages, onReply }: MessagesProps) {
  const now = useNow(60_000);
  const end = useRef<HTMLDivElement>(null);
  const last = messages.at(-1)?.id;
  useEffect(() => {
    if (last) end.current?.scrollIntoView({ block: "end" });
  }, [last]);
  if (messages.length === 0) {
    return (
      <div className={css.messages}>
        <div className="dim" style={{ margin: "auto" }}>
          {texts.quiet}
        </div>
      </div>
    );
  }
  return (
    <div
      className={css.messages}
      role="log"
      aria-live="polite"
      tabIndex={0}
      aria-label={texts.live}
    >
      {messages.map((message) => (
        <div
          key={message.id}
          className={css.message}
          data-reply={message.root !== message.id}
          data-carried={message.carried}
        >
          <div className={css.meta}>
            <b>{message.author}</b>
            <span className="dim" title={message.carried ? texts.carried : undefined}>
              {clockTime(message.time, now)}
              {message.edited && ` · ${texts.edited}`}
            </span>
            <TextButton onClick={() => onReply(message)}>{texts.reply}</TextButton>
          </div>
          <div className={`${css.bubble} text ${message.deleted ? css.gone : ""}`}>
            {message.deleted ? texts.deleted : message.text}
          </div>
        </div>
      ))}
      <div ref={end} />
    </div>
  );
}

type ComposerProps = {
  pair: string;
  tenant: string;
  pane: Pane;
  replyTo: PaneMessage | undefined;
  onDone: () => void;
};

function Composer({ pair, tenant, pane, replyTo, onDone }: ComposerProps) {
  const [author, setAuthor] = useState("");
  const [text, setText] = useState("");
  const speaker = author || pane.speakers[0]?.id || "";
  const say = useRun(commands.say, () => {
    setText("");
    onDone();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && speaker) say.run(pair, tenant, speaker, replyTo?.root ?? "", text);
  };
  const label = texts.say(pane.room);
  return (
    <div className={css.composer}>
      {replyTo && (
        <div className={css.replying}>
          {texts.replyingTo(replyTo.author)}
          <TextButton onClick={onDone}>{texts.stopReply}</TextButton>
        </div>
      )}
      <form onSubmit={send}>
        <Select
          aria-label={texts.speaker}
          w={124}
          searchable
          data={pane.speakers.map((one) => ({ value: one.id, label: one.name }))}
          value={speaker || null}
          onChange={(value) => setAuthor(value ?? "")}
        />
        <TextInput
          style={{ flex: 1 }}
          aria-label={label}
          placeholder={label}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="filled" loading={say.pending} disabled={!text.trim()}>
          {texts.send}
        </Button>
      </form>
    </div>
  );
}
