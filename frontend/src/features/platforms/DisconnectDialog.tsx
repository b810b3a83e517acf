import { Button, Checkbox, Modal, Radio, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type DisconnectPreview, disconnectPreviewQuery } from "../../api";
import { counted, Failed, Loading, useRun } from "../../components";
import { LeftoverList } from "./Leftovers";
import css from "./platforms.module.css";
import { disconnectTexts as texts } from "./texts";

type DisconnectDialogProps = { platform: string; onClose: () => void };

/** Says in numbers what disconnecting stops, and asks. */
export function DisconnectDialog({ platform, onClose }: DisconnectDialogProps) {
  const preview = useQuery(disconnectPreviewQuery(platform));
  return (
    <Modal
      opened
      onClose={onClose}
      size={540}
      title={texts.title(preview.data?.name ?? "")}
      closeButtonProps={{ "aria-label": texts.cancel }}
    >
      {preview.isPending && <Loading rows={5} />}
      {preview.isError && <Failed reason={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.data && <Consequences preview={preview.data} onClose={onClose} />}
    </Modal>
  );
}

function Consequences({ preview, onClose }: { preview: DisconnectPreview; onClose: () => void }) {
  const [keepDays, setKeepDays] = useState("90");
  const [queued, setQueued] = useState("deliver");
  const [endSessions, setEndSessions] = useState(false);
  const [erase, setErase] = useState(false);
  const [understood, setUnderstood] = useState(false);
  const disconnect = useRun(commands.disconnect, onClose);
  return (
    <div className={`${css.confirm} text`}>
      <div className={css.headline}>
        {texts.headline(
          counted(preview.people, "person", "people"),
          counted(preview.rooms, preview.roomWords.replace(/s$/, ""), preview.roomWords),
        )}
      </div>
      <Sentences title={texts.stops} lines={preview.stops} />
      <Sentences title={texts.keeps} lines={preview.keeps} />
      {preview.stays.length > 0 && <LeftoverList name={preview.name} leftovers={preview.stays} />}
      <div className={css.choices}>
        {preview.waiting > 0 && (
          <Radio.Group
            label={texts.queued(counted(preview.waiting, "message", "messages"))}
            value={queued}
            onChange={setQueued}
          >
            <div className={css.ways}>
              <Radio value="deliver" label={texts.deliver} description={texts.deliverText} />
              <Radio value="drop" label={texts.drop} description={texts.dropText} />
            </div>
          </Radio.Group>
        )}
        <Select
          label={texts.keepLinks}
          data={texts.keepChoices}
          value={keepDays}
          onChange={(value) => setKeepDays(value ?? "90")}
          maw={320}
        />
        <Checkbox
          label={texts.erase}
          description={texts.eraseText}
          checked={erase}
          onChange={(event) => setErase(event.currentTarget.checked)}
        />
        {preview.endSessions && (
          <Checkbox
            label={texts.endSessions}
            description={preview.endSessions}
            checked={endSessions}
            onChange={(event) => setEndSessions(event.currentTarget.checked)}
          />
        )}
        <Checkbox
          label={texts.understand(preview.tenant || preview.name)}
          checked={understood}
          onChange={(event) => setUnderstood(event.currentTarget.checked)}
        />
      </div>
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {texts.cancel}
        </Button>
        <Button
          variant="filled"
          data-tone="bad"
          disabled={!understood}
          loading={disconnect.pending}
          onClick={() =>
            disconnect.run(preview.platform, {
              keepLinksDays: Number(keepDays),
              eraseDirectory: erase,
              deliver: preview.waiting > 0 && queued === "deliver",
              endSessions: preview.endSessions !== "" && endSessions,
            })
          }
        >
          {texts.confirm}
        </Button>
      </div>
    </div>
  );
}

function Sentences({ title, lines }: { title: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
