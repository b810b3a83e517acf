type GlyphProps = { platform: string; size?: number };

/** The hub's own sign for a platform. Platforms it does not know get their initial. */
export function Glyph({ platform, size = 34 }: GlyphProps) {
  const shape = shapes[platform];
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 34 34"
      aria-hidden="true"
      style={{ flexShrink: 0, display: "block" }}
    >
      <rect width="34" height="34" rx="9" fill={shape?.fill ?? "var(--dim)"} />
      {shape?.draw ?? (
        <text x="17" y="22" textAnchor="middle" fontSize="15" fontWeight="700" fill="#fff">
          {platform.slice(0, 1).toUpperCase()}
        </text>
      )}
    </svg>
  );
}

const stroke = {
  fill: "none",
  stroke: "#fff",
  strokeWidth: 2,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

const shapes: Record<string, { fill: string; draw: React.ReactNode }> = {
  google: {
    fill: "var(--google)",
    draw: (
      <g {...stroke}>
        <path d="M10 9.5h14a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-7.5L12 25.8V22h-2a2 2 0 0 1-2-2v-8.500a2 2 0 0 1 2-2z" />
        <path d="M12.5 14h9M12.5 17.500h5.5" />
      </g>
    ),
  },
  microsoft: {
    fill: "var(--microsoft)",
    draw: (
      <g {...stroke}>
        <circle cx="13.5" cy="12.5" r="3.2" />
        <path d="M7.5 24.500v-1.500a4 4 0 0 1 4-4h4a4 4 0 0 1 4 4v1.5" />
        <circle cx="22.8" cy="13.8" r="2.4" />
        <path d="M23 19.300a3.5 3.5 0 0 1 3.5 3.500v1.2" />
      </g>
    ),
  },
};

/** The hub's own sign: two conversations that meet. */
export function BrandMark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <defs>
        <linearGradient id="mio-mark" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#2f5bea" />
          <stop offset="1" stopColor="#12a594" />
        </linearGradient>
      </defs>
      <rect width="20" height="20" rx="5.5" fill="url(#mio-mark)" />
      <circle cx="8" cy="10" r="3.6" fill="none" stroke="#fff" strokeWidth="1.7" />
      <circle cx="12" cy="10" r="3.6" fill="none" stroke="#fff" strokeWidth="1.7" opacity="0.75" />
    </svg>
  );
}
