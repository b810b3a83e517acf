import { SegmentedControl, Switch } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type Auto,
  commands,
  type Look,
  type Preferences,
  preferencesQuery,
  storageQuery,
} from "../../api";
import {
  CopyField,
  Facts,
  Failed,
  Glyph,
  Loading,
  Page,
  PageLink,
  Panel,
  Pill,
  Rows,
  showDone,
  useRun,
} from "../../components";
import { DraftNumber } from "./DraftNumber";
import css from "./settings.module.css";
import { bytes } from "./size";
import { texts } from "./texts";

export default function SettingsPage() {
  const preferences = useQuery(preferencesQuery());
  return (
    <Page title={texts.title} sub={texts.sub}>
      {preferences.isPending && <Loading rows={8} />}
      {preferences.isError && (
        <Failed reason={preferences.error} onRetry={() => void preferences.refetch()} />
      )}
      {preferences.data && <Form preferences={preferences.data} />}
      <Where />
    </Page>
  );
}

type SectionProps = { value: Preferences; onChange: (next: Preferences) => void };

function Form({ preferences }: { preferences: Preferences }) {
  const client = useQueryClient();
  const key = preferencesQuery().queryKey;
  const store = useRun(
    async (next: Preferences) => {
      const before = client.getQueryData(key);
      client.setQueryData(key, next);
      try {
        await commands.setPreferences(next);
      } catch (reason) {
        client.setQueryData(key, before);
        throw reason;
      }
    },
    () => showDone(texts.saved),
  );
  const props: SectionProps = { value: preferences, onChange: store.run };
  return (
    <>
      <Panel title={texts.look}>
        <div style={{ marginTop: 10 }}>
          <SegmentedControl
            aria-label={texts.theme}
            data={texts.themes}
            value={preferences.theme}
            onChange={(theme) => store.run({ ...preferences, theme })}
          />
        </div>
      </Panel>
      <Panel title={texts.notices}>
        <div style={{ marginTop: 10 }}>
          <Switch
            label={texts.notify}
            description={texts.notifyText}
            checked={preferences.notify}
            onChange={(event) => store.run({ ...preferences, notify: event.currentTarget.checked })}
          />
        </div>
      </Panel>
      <Looking {...props} />
      <SafetySection {...props} />
      <Automatic {...props} />
      <Keeping {...props} />
    </>
  );
}

function Looking({ value, onChange }: SectionProps) {
  const set = (look: Look) =>
    onChange({
      ...value,
      looks: value.looks.map((one) => (one.platform === look.platform ? look : one)),
    });
  return (
    <Panel title={texts.watching}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.watchingText}
      </p>
      {value.looks.map((look) => (
        <div key={look.platform} className={css.platform}>
          <div className={css.platformHead}>
            <Glyph platform={look.platform} size={20} />
            {look.name}
          </div>
          <div className={css.grid}>
            <DraftNumber
              label={texts.directory}
              value={look.directoryMinutes}
              min={1}
              onSet={(n) => set({ ...look, directoryMinutes: n })}
            />
            <DraftNumber
              label={texts.roomMin}
              value={look.roomMinSeconds}
              min={1}
              onSet={(n) => set({ ...look, roomMinSeconds: n })}
            />
            <DraftNumber
              label={texts.roomMax}
              value={look.roomMaxSeconds}
              min={1}
              onSet={(n) => set({ ...look, roomMaxSeconds: n })}
            />
            <DraftNumber
              label={texts.budget}
              value={look.looksPer10s}
              min={1}
              onSet={(n) => set({ ...look, looksPer10s: n })}
            />
          </div>
          {look.rule && (
            <p className={`${css.rule} dim`}>
              {look.rule} {look.ruleUrl && <PageLink url={look.ruleUrl}>{texts.rule}</PageLink>}
            </p>
          )}
        </div>
      ))}
    </Panel>
  );
}

function SafetySection({ value, onChange }: SectionProps) {
  const { safety } = value;
  const set = (change: Partial<Preferences["safety"]>) =>
    onChange({ ...value, safety: { ...safety, ...change } });
  return (
    <Panel title={texts.safety}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.safetyText}
      </p>
      <div className={css.grid}>
        <DraftNumber
          label={texts.maxDisable}
          value={safety.maxDisable}
          onSet={(maxDisable) => set({ maxDisable })}
        />
        <DraftNumber
          label={texts.maxDisablePercent}
          value={safety.maxDisablePercent}
          max={100}
          suffix=" %"
          onSet={(maxDisablePercent) => set({ maxDisablePercent })}
        />
        <DraftNumber
          label={texts.maxUnlink}
          value={safety.maxUnlink}
          onSet={(maxUnlink) => set({ maxUnlink })}
        />
        <DraftNumber
          label={texts.maxUnlinkPercent}
          value={safety.maxUnlinkPercent}
          max={100}
          suffix=" %"
          onSet={(maxUnlinkPercent) => set({ maxUnlinkPercent })}
        />
        <DraftNumber
          label={texts.grace}
          value={safety.graceDays}
          onSet={(graceDays) => set({ graceDays })}
        />
      </div>
    </Panel>
  );
}

function Automatic({ value, onChange }: SectionProps) {
  const set = (auto: Auto, on: boolean) =>
    onChange({
      ...value,
      auto: value.auto.map((one) => (one.verb === auto.verb ? { ...one, on } : one)),
    });
  return (
    <Panel title={texts.auto}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.autoText}
      </p>
      <Rows label={texts.auto}>
        {value.auto.map((auto) => (
          <li key={auto.verb}>
            <div className={css.auto}>
              <div>
                {auto.title}
                <div className="dim">{auto.locked || auto.text}</div>
              </div>
              <Switch
                aria-label={auto.title}
                checked={auto.on}
                disabled={auto.locked !== ""}
                onChange={(event) => set(auto, event.currentTarget.checked)}
              />
            </div>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}

function Keeping({ value, onChange }: SectionProps) {
  return (
    <Panel title={texts.retention}>
      <div className={css.grid}>
        <DraftNumber
          label={texts.logDays}
          value={value.logDays}
          onSet={(logDays) => onChange({ ...value, logDays })}
        />
        <DraftNumber
          label={texts.linkDays}
          value={value.linkDays}
          onSet={(linkDays) => onChange({ ...value, linkDays })}
        />
      </div>
    </Panel>
  );
}

function Where() {
  const storage = useQuery(storageQuery());
  if (storage.isPending) return null;
  if (storage.isError) {
    return <Failed reason={storage.error} onRetry={() => void storage.refetch()} />;
  }
  const data = storage.data;
  return (
    <Panel
      title={texts.data}
      aside={
        <Pill tone={data.protector === "keychain" ? "ok" : "warn"}>
          {texts.secrets}: {texts.protectors[data.protector] ?? data.protector}
        </Pill>
      }
    >
      <p className="dim" style={{ margin: "4px 0 10px" }}>
        {data.protectorText}
      </p>
      <CopyField label={texts.folder} value={data.dataDir} />
      <div style={{ marginTop: 12 }}>
        <Facts
          rows={[
            [texts.database, data.database],
            [texts.size, bytes(data.bytes)],
            ...data.kept.map((pair): [string, string] => [pair.name, pair.value]),
          ]}
        />
      </div>
    </Panel>
  );
}
