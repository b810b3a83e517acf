import { Button } from "@mantine/core";
import { useState } from "react";
import { commands, type ExportReport, type Exports } from "../../api";
import { count, isRunning, JobProgress, Panel, Pill, useJob, useRun } from "../../components";
import css from "./sandbox.module.css";
import { texts } from "./texts";

const fileName = (path: string) => path.split(/[\\/]/).at(-1) ?? path;

/** Makes the tenants from an organisation's own files, and says which rows were left out. */
export function ExportsPanel({ report }: { report: ExportReport }) {
  const [files, setFiles] = useState<Exports>(report.files);
  const use = useRun(commands.useExports);
  const job = useJob("sandbox", "exports");
  return (
    <Panel title={texts.exports}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.exportsText}
      </p>
      <div className={css.files}>
        <FileRow
          label={texts.google}
          path={files.googleCsv}
          onChosen={(googleCsv) => setFiles({ ...files, googleCsv })}
        />
        <FileRow
          label={texts.microsoft}
          path={files.microsoftCsv}
          onChosen={(microsoftCsv) => setFiles({ ...files, microsoftCsv })}
        />
      </div>
      {isRunning(job) ? (
        <JobProgress job={job} title={texts.making} />
      ) : (
        <Button
          variant="filled"
          disabled={!files.googleCsv && !files.microsoftCsv}
          loading={use.pending}
          onClick={() => use.run(files)}
        >
          {texts.use}
        </Button>
      )}
      <Report report={report} />
    </Panel>
  );
}

type FileRowProps = { label: string; path: string; onChosen: (path: string) => void };

function FileRow({ label, path, onChosen }: FileRowProps) {
  const choose = useRun(commands.chooseExport, (chosen) => chosen && onChosen(chosen));
  return (
    <div className={css.file}>
      <div>
        {label}
        <div className="dim text" title={path}>
          {path ? fileName(path) : texts.none}
        </div>
      </div>
      <Button
        aria-label={`${texts.choose} ${label}`}
        loading={choose.pending}
        onClick={() => choose.run(label)}
      >
        {texts.choose}
      </Button>
    </div>
  );
}

function Report({ report }: { report: ExportReport }) {
  if (!report.files.googleCsv && !report.files.microsoftCsv) return null;
  return (
    <div style={{ marginTop: 12 }}>
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <span>{texts.used(count(report.used))}</span>
        {report.leftOut.length > 0 && (
          <Pill tone="warn">{texts.leftOut(count(report.leftOut.length))}</Pill>
        )}
      </div>
      {report.leftOut.length > 0 && (
        <section className={css.scroll} tabIndex={0} aria-label={texts.reason}>
          <table className={css.leftOut}>
            <thead>
              <tr>
                <th>{texts.file}</th>
                <th>{texts.line}</th>
                <th>{texts.reason}</th>
              </tr>
            </thead>
            <tbody>
              {report.leftOut.map((row) => (
                <tr key={`${row.file} ${row.line} ${row.reason}`}>
                  <td>{fileName(row.file)}</td>
                  <td>{row.line}</td>
                  <td className="text">{row.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
