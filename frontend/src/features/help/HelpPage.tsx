import { Button, Kbd } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { aboutQuery } from "../../api";
import { Facts, Failed, longDate, Page, PageButton, Panel } from "../../components";
import css from "./help.module.css";
import { texts } from "./texts";

export default function HelpPage() {
  const [, go] = useLocation();
  const about = useQuery(aboutQuery());
  return (
    <Page title={texts.title} sub={texts.sub}>
      <div className={css.columns}>
        <div className={css.column}>
          <Panel title={texts.what}>
            <p>{texts.whatText}</p>
          </Panel>
          <Panel title={texts.how}>
            <ol className={`${css.steps} text`}>
              {texts.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ol>
          </Panel>
          <Panel title={texts.ask}>
            <p>{texts.askText}</p>
            <div className={css.buttons}>
              {about.data?.ask && <PageButton url={about.data.ask}>{texts.askLink}</PageButton>}
              <Button onClick={() => go("/activity")}>{texts.activity}</Button>
            </div>
          </Panel>
        </div>
        <div className={css.column}>
          <Panel title={texts.keys}>
            <dl className={css.keys}>
              {texts.shortcuts.map((shortcut) => (
                <div key={shortcut.text} style={{ display: "contents" }}>
                  <dt>
                    {shortcut.keys.map((key) => (
                      <Kbd key={key} size="xs">
                        {key}
                      </Kbd>
                    ))}
                  </dt>
                  <dd>{shortcut.text}</dd>
                </div>
              ))}
            </dl>
          </Panel>
          <Panel title={texts.about}>
            <div style={{ marginTop: 8 }}>
              {about.isError && <Failed reason={about.error} />}
              {about.data && (
                <Facts
                  rows={[
                    [texts.version, about.data.version],
                    [texts.system, about.data.system],
                    [texts.built, longDate(about.data.built) || texts.unknown],
                  ]}
                />
              )}
            </div>
          </Panel>
        </div>
      </div>
    </Page>
  );
}
