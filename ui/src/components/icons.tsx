import type { ReactNode } from 'react'

/** Line icons on a 16-px grid. They never stand alone for a meaning: a word or a label is always beside them. */
const PATHS = {
  servers: (
    <>
      <rect x="2" y="2.5" width="12" height="4.5" rx="1" />
      <rect x="2" y="9" width="12" height="4.5" rx="1" />
      <path d="M4.5 4.75h.01M4.5 11.25h.01M7.50 4.75h4M7.50 11.25h4" />
    </>
  ),
  settings: (
    <>
      <path d="M2 4.50h7M12.50 4.50H14M2 11.50h1.50M7 11.50h7" />
      <circle cx="10.75" cy="4.50" r="1.75" />
      <circle cx="5.25" cy="11.50" r="1.75" />
    </>
  ),
  pulse: <path d="M1.50 8h3l2-4.50 3 9 2-4.50h3" />,
  dial: (
    <>
      <path d="M3.20 12.50a6 6 0 1 1 9.60 0" />
      <path d="M8 9l3-3.50" />
    </>
  ),
  split: <path d="M2 8h4M6 8l5-4.50h3M6 8h8M6 8l5 4.50h3" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.50v1M8 13.50v1M1.50 8h1M13.50 8h1M3.40 3.40l.7.7M11.90 11.90l.7.7M3.40 12.60l.7-.7M11.90 4.10l.7-.7" />
    </>
  ),
  moon: <path d="M13.50 9.50A6 6 0 0 1 6.50 2.50a6 6 0 1 0 7 7z" />,
  pause: <path d="M5.50 3v10M10.50 3v10" />,
  play: <path d="M4.50 2.80v10.40L13 8z" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.50V8l2.50 1.50" />
    </>
  ),
  more: <path d="M3.50 8h.01M8 8h.01M12.50 8h.01" strokeWidth="2" />,
  close: <path d="M3.50 3.50l9 9M12.50 3.50l-9 9" />,
  left: <path d="M10 3L5 8l5 5" />,
  right: <path d="M6 3l5 5-5 5" />,
  down: <path d="M3 6l5 5 5-5" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.50" />
      <path d="M10.50 10.50L14 14" />
    </>
  ),
  zoomOut: (
    <>
      <circle cx="7" cy="7" r="4.50" />
      <path d="M10.50 10.50L14 14M5 7h4" />
    </>
  ),
  table: <path d="M2 3h12v10H2zM2 6.50h12M6 6.50V13" />,
  chart: <path d="M2 13V3M2 13h12M4.50 10l3-4 2.50 2L13.50 4" />,
  download: <path d="M8 2v8M4.50 7L8 10.50 11.50 7M2.50 13.50h11" />,
  large: <path d="M9.50 2.50h4v4M6.50 13.50h-4v-4M13.50 2.50L9 7M2.50 13.50L7 9" />,
  link: (
    <path d="M6.50 9.50a2.80 2.80 0 0 0 4 0l2.20-2.20a2.83 2.83 0 0 0-4-4L7.80 4.20M9.50 6.50a2.80 2.80 0 0 0-4 0L3.30 8.70a2.83 2.83 0 0 0 4 4l.9-.9" />
  ),
  code: <path d="M5.50 4L1.50 8l4 4M10.50 4l4 4-4 4" />,
  user: (
    <>
      <circle cx="8" cy="5.25" r="2.75" />
      <path d="M2.50 14c.5-3 2.70-4.50 5.50-4.50s5 1.50 5.50 4.50" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="11" r="2.75" />
      <path d="M7 9l6-6M10.50 5.50l2 2" />
    </>
  ),
  palette: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2v12" />
      <path d="M8 4.50a3.50 3.50 0 0 1 0 7z" fill="currentColor" stroke="none" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.50V11M8 5h.01" />
    </>
  ),
  list: <path d="M2.50 4h.01M2.50 8h.01M2.50 12h.01M5.50 4h8M5.50 8h8M5.50 12h8" />,
  keyboard: (
    <>
      <rect x="1.50" y="4" width="13" height="8.50" rx="1.50" />
      <path d="M4 6.75h.01M6.70 6.75h.01M9.30 6.75h.01M12 6.75h.01M5 9.75h6" />
    </>
  ),
  logOut: <path d="M6 2.50H3v11h3M7 8h7M11 5l3 3-3 3" />,
  language: (
    <path d="M1.50 4h8M5.50 2.50V4M8 4c-.5 3-3 5.50-6 6.50M3.50 6c.8 1.80 2.50 3.30 4.50 4M8.50 14l3-7 3 7M9.50 11.75h4" />
  ),
  bell: <path d="M8 2a4 4 0 0 0-4 4v3l-1.50 2.50h11L12 9V6a4 4 0 0 0-4-4zM6.50 13.75h3" />,
  pin: <path d="M8 9.50V14M4.50 9.50h7L10 6.50v-4H6v4z" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name]}
    </svg>
  )
}

/** The product's mark: a hull that lies level. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6" fill="var(--accent)" />
      <path
        d="M4 10.50h16M12 4.50v3"
        stroke="var(--on-accent)"
        strokeWidth="2"
        strokeLinecap="round"
        fill="none"
      />
      <path d="M5.50 13.50c.8 3.60 3.30 5.50 6.50 5.50s5.70-1.90 6.50-5.50z" fill="var(--on-accent)" />
    </svg>
  )
}
