import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import css from "./table.module.css";

export type Column<Row> = {
  key: string;
  header: ReactNode;
  /** A grid track: "120px", "minmax(0, 1fr)". */
  width: string;
  end?: boolean;
  render: (row: Row) => ReactNode;
};

type VirtualTableProps<Row> = {
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  rowId: (row: Row) => string;
  rowHeight?: number;
  selected?: string;
  onSelect?: (row: Row) => void;
  muted?: (row: Row) => boolean;
  /** Called when the last rows come into view. */
  onEnd?: () => void;
  footer?: ReactNode;
};

/** A table that draws only the rows in view; arrow keys move through it. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const {
    label,
    rows,
    columns,
    rowId,
    rowHeight = 32,
    selected,
    onSelect,
    muted,
    onEnd,
    footer,
  } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const tracks = columns.map((column) => column.width).join(" ");
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 900, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 8) onEnd?.();
  }, [last, rows.length, onEnd]);

  const at = selected === undefined ? -1 : rows.findIndex((row) => rowId(row) === selected);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (!step || !onSelect || event.target !== event.currentTarget) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    const row = rows[next];
    if (!row) return;
    onSelect(row);
    virtual.scrollToIndex(next);
  };

  return (
    <div className={css.frame} role="grid" aria-label={label} aria-rowcount={rows.length + 1}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: the heading row is not a stop; the rows' frame is */}
      <div
        className={css.head}
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: tracks, paddingRight: 14 }}
      >
        {columns.map((column) => (
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div key={column.key} role="columnheader" className={column.end ? css.end : undefined}>
            {column.header}
          </div>
        ))}
      </div>
      <div
        ref={scroll}
        className={css.scroll}
        role="rowgroup"
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-activedescendant={at >= 0 ? `${prefix}-${at}` : undefined}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: the frame holds the focus and names the active row
              // biome-ignore lint/a11y/useKeyWithClickEvents: the frame handles the keys
              <div
                key={rowId(row)}
                id={`${prefix}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={onSelect ? item.index === at : undefined}
                className={css.row}
                data-clickable={Boolean(onSelect)}
                data-muted={muted?.(row) ?? false}
                style={{
                  gridTemplateColumns: tracks,
                  height: item.size,
                  transform: `translateY(${item.start}px)`,
                }}
                onClick={() => onSelect?.(row)}
              >
                {columns.map((column) => (
                  // biome-ignore lint/a11y/useFocusableInteractive: as above
                  <div
                    key={column.key}
                    role="gridcell"
                    className={column.end ? css.end : undefined}
                  >
                    {column.render(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {footer}
    </div>
  );
}

/** Two lines in a cell: what it is, and something quieter below. */
export const TwoLines = ({ top, below }: { top: ReactNode; below: ReactNode }) => (
  <span className={css.two}>
    <span>{top}</span>
    <span>{below}</span>
  </span>
);
