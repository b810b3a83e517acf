import { VisuallyHidden } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import css from "./table.module.css";

export type Column<Row> = {
  key: string;
  header: string;
  /** The header is read out, not shown: what the column holds is plain to see. */
  headerHidden?: boolean;
  /** A grid track: "120px", "minmax(0, 1fr)". */
  width: string;
  /** The column is left out while the table is narrower than this, in pixels. */
  from?: number;
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

const headHeight = 31;

const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };

/** A table that draws only the rows in view; arrow keys move through it. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, rows, rowId, rowHeight = 32, selected, onSelect, onEnd, footer } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const { ref: frame, width } = useElementSize();
  const columns = props.columns.filter((column) => width === 0 || width >= (column.from ?? 0));
  const tracks = columns.map((column) => column.width).join(" ");
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: headHeight,
    initialRect: { width: 900, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 8) onEnd?.();
  }, [last, rows.length, onEnd]);

  const at = selected ? rows.findIndex((row) => rowId(row) === selected) : -1;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step || !onSelect || event.target !== event.currentTarget) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    const row = rows[next];
    if (!row) return;
    onSelect(row);
    virtual.scrollToIndex(next);
  };

  return (
    <div className={css.frame} ref={frame}>
      <div
        ref={scroll}
        className={css.scroll}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-activedescendant={at >= 0 ? `${prefix}-${at}` : undefined}
      >
        <div
          role="row"
          aria-rowindex={1}
          className={css.head}
          style={{ gridTemplateColumns: tracks }}
        >
          {columns.map((column) => (
            <div key={column.key} role="columnheader" className={column.end ? css.end : undefined}>
              {column.headerHidden ? (
                <VisuallyHidden>{column.header}</VisuallyHidden>
              ) : (
                column.header
              )}
            </div>
          ))}
        </div>
        <div role="presentation" className={css.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={rowId(row)}
                id={`${prefix}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={onSelect ? item.index === at : undefined}
                className={css.row}
                data-clickable={Boolean(onSelect)}
                data-muted={props.muted?.(row) ?? false}
                style={{
                  gridTemplateColumns: tracks,
                  height: item.size,
                  transform: `translateY(${item.start}px)`,
                }}
                onClick={() => onSelect?.(row)}
              >
                {columns.map((column) => (
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
