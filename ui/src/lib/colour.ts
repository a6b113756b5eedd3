/**
 * Colours of series. Well-known series have a fixed slot; all others get one from a hash of their labels, so a
 * series keeps its colour on every page, under every filter and after every reload. Two series of one chart
 * never share a slot while there are free ones. The palettes are distinguishable under three forms of colour
 * blindness and have at least 3:1 contrast on a card; colours of status are never used for series.
 */
export type Theme = 'light' | 'dark'

const PALETTE: Record<Theme, readonly string[]> = {
  light: ['#4693f1', '#835010', '#1e8163', '#8c0e46', '#b18d2a', '#6f63a4', '#1e5275', '#8d929c'],
  dark: ['#4c99f8', '#cc7724', '#a2e2c0', '#b64b63', '#ebb344', '#d6b7fc', '#417c9d', '#9aa3ab'],
}

export const SLOTS = 8
/** Not of the palette: what is left over when a chart has more series than colours; drawn dashed. */
export const REST_SLOT = 8
const REST: Record<Theme, string> = { light: '#8a92a0', dark: '#6b7484' }

/** The fixed slots, by a word that the name of the series ends in or the value of its defining label. */
const KNOWN: Readonly<Record<string, number>> = {
  user: 0,
  system: 1,
  iowait: 3,
  irq: 6,
  softirq: 5,
  nice: 2,
  steal: 4,
  used: 0,
  cached: 2,
  buffers: 5,
  free: 7,
  idle: 7,
  receive: 0,
  transmit: 1,
  read: 0,
  write: 1,
  load1: 0,
  load5: 4,
  load15: 1,
  others: REST_SLOT,
}

export function slotColour(slot: number, theme: Theme): string {
  return slot === REST_SLOT ? REST[theme] : (PALETTE[theme][slot % SLOTS] as string)
}

/** FNV-1a, 32 bit: small, even, the same in every browser. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i)
    h = Math.imul(h, 0x01000193)
  }
  return h >>> 0
}

export interface Colourable {
  /** Identity of the series, for the hash. */
  readonly key: string
  /** A word of `KNOWN`, or nothing. */
  readonly role?: string | undefined
}

/** A slot for each series of one chart, in their order. */
export function assignSlots(series: readonly Colourable[]): number[] {
  const taken = new Set<number>()
  const slots = new Array<number>(series.length)
  const undecided: number[] = []
  series.forEach(({ role }, i) => {
    const known = role === undefined ? undefined : KNOWN[role]
    if (known === undefined) undecided.push(i)
    else {
      slots[i] = known
      taken.add(known)
    }
  })
  // In order of their keys, not of their values: the same set of series gets the same colours however it is sorted.
  undecided.sort((a, b) => ((series[a]?.key ?? '') < (series[b]?.key ?? '') ? -1 : 1))
  for (const i of undecided) {
    // Grey, the last slot, comes when all colours are taken.
    let slot = hash(series[i]?.key ?? '') % (SLOTS - 1)
    for (let tries = 0; taken.has(slot) && tries < SLOTS; tries++) slot = (slot + 1) % SLOTS
    slots[i] = slot
    taken.add(slot)
  }
  return slots
}

/** `#rrggbb` with an opacity. */
export function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`
}
