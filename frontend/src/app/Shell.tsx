import { useQuery } from "@tanstack/react-query";
import { Suspense, useMemo } from "react";
import { Route, Switch, useLocation } from "wouter";
import { statusQuery } from "../api";
import { Loading } from "../components";
import { Boundary } from "./Boundary";
import { useJobNotices } from "./jobs";
import { useKeys } from "./keys";
import { ConnectPage, PlatformPage, screens } from "./routes";
import { Sidebar } from "./Sidebar";
import css from "./shell.module.css";

/** The frame around the screens. */
export function Shell() {
  const [path, go] = useLocation();
  const { data: state } = useQuery(statusQuery());
  const shown = useMemo(
    () => screens.filter((s) => !s.sandbox || state?.sandbox),
    [state?.sandbox],
  );
  useKeys(shown, go);
  useJobNotices();
  return (
    <div className={css.window}>
      <Sidebar screens={shown} />
      <main className={css.main}>
        {state?.readOnly && (
          <div className={css.notice} role="status">
            {state.readOnly}
          </div>
        )}
        <Boundary key={path}>
          <Suspense fallback={<Loading rows={5} />}>
            <Switch>
              <Route path="/connect/:platform">
                {({ platform }) => <ConnectPage key={platform} platform={platform} />}
              </Route>
              <Route path="/platforms/:platform/:tab">
                {({ platform, tab }) => <PlatformPage platform={platform} tab={tab} />}
              </Route>
              {screens.map((screen) => (
                <Route key={screen.path} path={screen.path} component={screen.page} />
              ))}
            </Switch>
          </Suspense>
        </Boundary>
      </main>
    </div>
  );
}
