/**
 * Time ranges as people write and share them: 'now-1h', epoch milliseconds, or '2026-11-23 14:00'.
 * The text is the state (it lives in the URL); `resolve` turns it into moments.
 */
import { dateTimeText, fromWallClock, type Zone } from './time'

export interface TimeRange {
  readonly from: string
  readonly to: string
}

export interface Interval {
  readonly from: number
  readonly to: number
}

export const DEFAULT_RANGE: TimeRange = { from: 'now-15m', to: 'now' }

export const PRESETS = ['5m', '15m', '1h', '3h', '6h', '12h', '1d', '2d', '7d', '30d'] as const

const UNIT_MILLIS: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

export const SHORTEST_MILLIS = 10_000

/** '90m' → 5,400,000; '1h30m' too. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim()
  if (!/^(\d+(\.\d+)?[smhdw])+$/.test(trimmed)) return null
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)) {
    total += Number(amount) * (UNIT_MILLIS[unit ?? ''] ?? 0)
  }
  return total > 0 ? total : null
}

/** The moment that `text` names, or null when it names none. */
export function parseMoment(text: string, now: number, zone: Zone): number | null {
  const trimmed = text.trim()
  if (trimmed === 'now') return now
  const relative = /^now\s*-\s*(.+)$/.exec(trimmed)
  if (relative !== null) {
    const back = parseDuration(relative[1] ?? '')
    return back === null ? null : now - back
  }
  if (/^\d{11,14}$/.test(trimmed)) return Number(trimmed)
  const wall = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(trimmed)
  if (wall !== null) {
    const [year, month, day, hour, minute, second] = wall.slice(1).map(part => Number(part ?? 0))
    if (!within(month, 1, 12) || !within(day, 1, 31) || !within(hour, 0, 23)) return null
    if (!within(minute, 0, 59) || !within(second, 0, 59)) return null
    return fromWallClock(
      {
        year: year ?? 0,
        month: month ?? 0,
        day: day ?? 0,
        hour: hour ?? 0,
        minute: minute ?? 0,
        second: second ?? 0,
      },
      zone,
    )
  }
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(trimmed)) {
    const moment = Date.parse(trimmed)
    return Number.isNaN(moment) ? null : moment
  }
  return null
}

function within(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most
}

/** Reads what one would type into a single field: '3h', 'last 3h', 'now-1d to now-1h', two dates with 'to'. */
export function parseRange(text: string, now: number, zone: Zone): TimeRange | null {
  const trimmed = text.trim().replace(/^(last|最近)\s*/i, '')
  const duration = parseDuration(trimmed)
  if (duration !== null) return checked({ from: `now-${trimmed}`, to: 'now' }, now, zone)
  const halves = trimmed.split(/\s+(?:to|–|-|至|到)\s+/)
  if (halves.length === 2) {
    const [from = '', to = ''] = halves
    // '2026-11-23 10:00 to 12:00': the second day is the first one's.
    const day = /^\d{4}-\d{1,2}-\d{1,2}/.exec(from)?.[0]
    const end = /^\d{1,2}:\d{2}/.test(to) && day !== undefined ? `${day} ${to}` : to
    return checked({ from: canonical(from, now, zone), to: canonical(end, now, zone) }, now, zone)
  }
  if (parseMoment(trimmed, now, zone) !== null) {
    return checked({ from: canonical(trimmed, now, zone), to: 'now' }, now, zone)
  }
  return null
}

/** Wall-clock text becomes epoch milliseconds, so that a shared link means the same moment everywhere. */
export function canonical(text: string, now: number, zone: Zone): string {
  const trimmed = text.trim().replace(/^now\s*-\s*/, 'now-')
  if (trimmed.startsWith('now')) return trimmed
  return parseMoment(trimmed, now, zone)?.toString() ?? trimmed
}

function checked(range: TimeRange, now: number, zone: Zone): TimeRange | null {
  return resolve(range, now, zone) === null ? null : range
}

/** The moments of a range; null when a bound cannot be read or the order is wrong. */
export function resolve(range: TimeRange, now: number, zone: Zone): Interval | null {
  const from = parseMoment(range.from, now, zone)
  const to = parseMoment(range.to, now, zone)
  return from === null || to === null || from >= to ? null : { from, to }
}

/** A range that moves with the clock. */
export function isLive(range: TimeRange): boolean {
  return range.to === 'now' && range.from.startsWith('now')
}

/** Half a range earlier (-1) or later (+1); it never goes beyond now, where it becomes live again. */
export function shift(range: TimeRange, direction: -1 | 1, now: number, zone: Zone): TimeRange {
  const interval = resolve(range, now, zone)
  if (interval === null) return DEFAULT_RANGE
  const length = interval.to - interval.from
  const to = interval.to + (direction * length) / 2
  // The clock went on since the range was left: nearly now is now.
  if (to >= now - length / 20) return { from: `now-${durationText(length)}`, to: 'now' }
  return { from: Math.round(to - length).toString(), to: Math.round(to).toString() }
}

/** Twice the length around the same middle; a live range keeps its end at now. */
export function zoomOut(range: TimeRange, now: number, zone: Zone): TimeRange {
  const interval = resolve(range, now, zone)
  if (interval === null) return DEFAULT_RANGE
  const length = interval.to - interval.from
  if (isLive(range) || interval.to + length / 2 >= now)
    return { from: `now-${durationText(2 * length)}`, to: 'now' }
  return {
    from: Math.round(interval.from - length / 2).toString(),
    to: Math.round(interval.to + length / 2).toString(),
  }
}

/** Exactly this stretch, at least the shortest that charts can show. */
export function zoomTo(from: number, to: number): TimeRange {
  const missing = Math.max(0, SHORTEST_MILLIS - (to - from))
  return { from: Math.round(from - missing / 2).toString(), to: Math.round(to + missing / 2).toString() }
}

export function durationText(millis: number): string {
  let seconds = Math.max(1, Math.round(millis / 1000))
  let text = ''
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const amount = Math.floor(seconds / size)
    if (amount > 0) text += `${amount}${unit}`
    seconds -= amount * size
  }
  return text
}

/** What the picker's button says for a range that is not a preset. */
export function rangeText(range: TimeRange, now: number, zone: Zone, nowWord: string): string {
  const interval = resolve(range, now, zone)
  if (interval === null) return `${range.from} – ${range.to}`
  const from = dateTimeText(interval.from, zone)
  const to = dateTimeText(interval.to, zone)
  const sameDay = from.slice(0, 10) === to.slice(0, 10)
  return `${from} – ${range.to === 'now' ? nowWord : sameDay ? to.slice(11) : to}`
}

/** 'now-3h' to 'now' is the preset '3h'. */
export function presetOf(range: TimeRange): string | null {
  return range.to === 'now' && range.from.startsWith('now-') ? range.from.slice(4) : null
}
