/** Wall-clock text in a time zone, and back. Zones are IANA names; 'browser' means the zone of this machine. */
export type Zone = string

export function zoneName(zone: Zone): string {
  return zone === 'browser' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone
}

export function isZone(zone: string): boolean {
  if (zone === 'browser') return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

interface WallClock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const partsFormats = new Map<string, Intl.DateTimeFormat>()

export function wallClock(millis: number, zone: Zone): WallClock {
  const name = zoneName(zone)
  let partsFormat = partsFormats.get(name)
  if (partsFormat === undefined) {
    partsFormat = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    partsFormats.set(name, partsFormat)
  }
  const found: Record<string, number> = {}
  for (const { type, value } of partsFormat.formatToParts(millis)) found[type] = Number(value)
  const part = (name: string): number => found[name] ?? 0
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}

/** The moment at which the clocks of the zone show this; in a gap of summer time, the moment after it. */
export function fromWallClock(wall: WallClock, zone: Zone): number {
  const asUtc = (w: WallClock) => Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second)
  const wanted = asUtc(wall)
  let guess = wanted
  // Twice: the first correction may step over a change of the offset.
  for (let i = 0; i < 2; i++) guess += wanted - asUtc(wallClock(guess, zone))
  return guess
}

const two = (n: number): string => n.toString().padStart(2, '0')

/** '14:03:22' */
export function clockText(millis: number, zone: Zone): string {
  const w = wallClock(millis, zone)
  return `${two(w.hour)}:${two(w.minute)}:${two(w.second)}`
}

/** '2026-11-23 14:03:22', the form that the range picker also reads. */
export function dateTimeText(millis: number, zone: Zone): string {
  const w = wallClock(millis, zone)
  return `${w.year}-${two(w.month)}-${two(w.day)} ${clockText(millis, zone)}`
}

/** As short as the span allows without loss: the date only where the span is long. */
export function axisTimeText(millis: number, zone: Zone, stepMillis: number): string {
  const w = wallClock(millis, zone)
  const midnight = w.hour === 0 && w.minute === 0 && w.second === 0
  if (stepMillis >= 86_400_000 || midnight) return `${two(w.month)}-${two(w.day)}`
  if (stepMillis >= 60_000) return `${two(w.hour)}:${two(w.minute)}`
  return clockText(millis, zone)
}
