import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { type State, statusQuery } from "../api";
import { BrandMark, Pill, useNow } from "../components";
import type { Screen } from "./routes";
import css from "./shell.module.css";
import { texts } from "./texts";

// The wizard and a platform's own page belong to Platforms.
const isCurrent = (screen: Screen, path: string) =>
  screen.path === "/"
    ? path === "/" || path.startsWith("/connect") || path.startsWith("/platforms")
    : path.startsWith(screen.path);

export function Sidebar({ screens }: { screens: Screen[] }) {
  const [path] = useLocation();
  const { data: state } = useQuery(statusQuery());
  return (
    <aside className={css.side}>
      <div className={css.brand}>
        <BrandMark />
        {texts.brand}
      </div>
      <nav className={css.nav} aria-label={texts.main}>
        {screens.map((screen, index) => (
          <div key={screen.path} style={{ display: "contents" }}>
            {screen.path === "/settings" && <div className={css.rule} />}
            <Link
              href={screen.path}
              aria-current={isCurrent(screen, path) ? "page" : undefined}
              title={`${screen.label} (g ${screen.letter}, Ctrl+${index + 1})`}
            >
              <screen.icon size={16} stroke={1.8} />
              {screen.label}
              <Badge screen={screen} state={state} />
            </Link>
          </div>
        ))}
      </nav>
      {state && <Foot state={state} />}
    </aside>
  );
}

function Badge({ screen, state }: { screen: Screen; state: State | undefined }) {
  const [n, title] =
    screen.path === "/plan"
      ? [state?.planRows ?? 0, texts.toApprove]
      : screen.path === "/"
        ? [state?.problems ?? 0, texts.problems]
        : [0, ""];
  if (n === 0) return null;
  return (
    <span className={css.badge} title={`${n} ${title}`}>
      {n > 999 ? "999+" : n}
    </span>
  );
}

function Foot({ state }: { state: State }) {
  const now = useNow();
  const due = Math.max(0, Math.round((Date.parse(state.nextLook) - now) / 1000));
  const missing = state.watching ? texts.noImport : texts.noLook;
  const look = !state.nextLook ? missing : due === 0 ? texts.looking : texts.nextLook(due);
  return (
    <div className={css.foot}>
      <div className={css.state}>
        <span className={css.dot} data-on={state.watching} />
        {state.paused ? texts.paused : state.watching ? texts.watching : texts.idle}
      </div>
      <div>
        <span>{look}</span>
        {state.watching && (
          <span title={texts.waitingTitle}> · {texts.waiting(state.waiting)}</span>
        )}
      </div>
      {state.sandbox && (
        <div style={{ marginTop: 3 }} title={texts.sandboxTitle}>
          <Pill tone="mute">{texts.sandbox}</Pill>
        </div>
      )}
    </div>
  );
}
