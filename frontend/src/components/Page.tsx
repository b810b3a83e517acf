import type { ReactNode } from "react";
import css from "./ui.module.css";

type PageProps = {
  title: string;
  sub?: ReactNode;
  actions?: ReactNode;
  /** The page is as high as the window, and a part of it scrolls. */
  fill?: boolean;
  children: ReactNode;
};

/** A screen: its title, one line about it, its buttons and its content. */
export function Page({ title, sub, actions, fill, children }: PageProps) {
  return (
    <div className={fill ? `${css.page} ${css.fill}` : css.page}>
      <header className={css.head}>
        <div>
          <h1>{title}</h1>
          {sub && <div className={css.sub}>{sub}</div>}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type PanelProps = {
  title?: string;
  aside?: ReactNode;
  flush?: boolean;
  label?: string;
  children?: ReactNode;
};

/** A card with an optional heading. */
export function Panel({ title, aside, flush, label, children }: PanelProps) {
  return (
    <section
      className={flush ? `${css.panel} ${css.flush}` : css.panel}
      aria-label={label ?? title}
    >
      {title && (
        <div className={css.panelHead}>
          <h2>{title}</h2>
          {aside && <div className="dim">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
