/**
 * Every number of the product is written here: three significant digits, memory in IEC units, network in
 * SI bits, durations from µs to days. A missing number is '–', never 0.
 */
export type Unit =
  | 'percent'
  | 'bytes'
  | 'bytesPerSecond'
  | 'bitsPerSecond'
  | 'seconds'
  | 'perSecond'
  | 'cores'
  | 'count'

export interface Quantity {
  readonly number: string
  readonly unit: string
}

export const MISSING = '–'

interface Scale {
  readonly factor: number
  readonly unit: string
}

const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((unit, i) => ({ factor: 1024 ** i, unit }))
const IEC_PER_SECOND = IEC.map(({ factor, unit }) => ({ factor, unit: `${unit}/s` }))
const BITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'].map((unit, i) => ({ factor: 1000 ** i, unit }))
const SECONDS: Scale[] = [
  { factor: 1e-6, unit: 'µs' },
  { factor: 1e-3, unit: 'ms' },
  { factor: 1, unit: 's' },
  { factor: 60, unit: 'min' },
  { factor: 3600, unit: 'h' },
  { factor: 86_400, unit: 'd' },
]
const COUNT = ['', 'k', 'M', 'G', 'T'].map((unit, i) => ({ factor: 1000 ** i, unit }))
const PER_SECOND = COUNT.map(({ factor, unit }) => ({ factor, unit: `${unit}/s` }))

const SCALES: Record<Unit, readonly Scale[]> = {
  percent: [{ factor: 1, unit: '%' }],
  bytes: IEC,
  bytesPerSecond: IEC_PER_SECOND,
  bitsPerSecond: BITS,
  seconds: SECONDS,
  perSecond: PER_SECOND,
  cores: [{ factor: 1, unit: '' }],
  count: COUNT,
}

/** The step of the unit in which `value` has one to three digits before its point. */
function scaleFor(value: number, unit: Unit): Scale {
  const scales = SCALES[unit]
  const size = Math.abs(value)
  let chosen = scales[0] as Scale
  if (size === 0) return scales.find(scale => scale.factor === 1) ?? chosen
  for (const scale of scales) {
    // Rounds up early: 1023.9 MiB would print as '1024 MiB' and reads better as '1.00 GiB'.
    if (size >= scale.factor * 0.9995) chosen = scale
  }
  return chosen
}

function significant(value: number, most = 2): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 99.95) return Math.round(value).toString()
  if (size >= 9.995) return value.toFixed(1)
  if (size >= 0.9995 || most <= 2) return value.toFixed(2)
  return value.toFixed(3)
}

/** The value in its best unit: `format(1536, 'bytes')` is 1.50 KiB. */
export function format(value: number | null | undefined, unit: Unit): Quantity {
  if (value === null || value === undefined || !Number.isFinite(value)) return { number: MISSING, unit: '' }
  const scale = scaleFor(value, unit)
  const scaled = value / scale.factor
  const whole = unit === 'count' && Number.isInteger(value) && Math.abs(value) < 1000
  const tiny = (unit === 'bytes' || unit === 'bytesPerSecond') && scale.factor === 1
  const number = whole ? value.toString() : tiny ? Math.round(scaled).toString() : significant(scaled)
  // A value that is there but rounds to nothing must not read as none.
  if (value !== 0 && /^-?0(\.0+)?$/.test(number)) return { number: '<0.01', unit: scale.unit }
  return { number, unit: scale.unit }
}

/** As `format`, in one string with a no-break space before the unit. */
export function formatText(value: number | null | undefined, unit: Unit): string {
  const { number, unit: suffix } = format(value, unit)
  return suffix === '' ? number : `${number}\u00a0${suffix}`
}

/** A writer of axis marks: one unit for the whole axis, no needless zeros. */
export function axisFormat(largest: number, unit: Unit): (value: number) => string {
  const scale = scaleFor(largest, unit)
  return value => {
    if (value === 0) return '0'
    const scaled = value / scale.factor
    const number = Number.parseFloat(scaled.toPrecision(4)).toString()
    return scale.unit === '' ? number : `${number}\u00a0${scale.unit}`
  }
}

/** Round ends of an axis, each with the number of equal parts whose marks are round too. */
const TOPS: readonly (readonly [top: number, parts: number])[] = [
  [1, 5],
  [1.2, 3],
  [1.5, 3],
  [2, 4],
  [2.5, 5],
  [3, 3],
  [4, 4],
  [5, 5],
  [6, 3],
  [8, 4],
  [10, 5],
]

/** The round end of an axis that holds `largest`. */
export function niceTop(largest: number, unit: Unit): number {
  if (!(largest > 0)) return unit === 'percent' ? 100 : 1
  const { size, power, base } = mantissa(largest, unit)
  const [top] = TOPS.find(([candidate]) => size <= candidate * 1.000001) ?? [10]
  return top * power * base
}

/** The marks of an axis that ends at a `niceTop`; a low chart gets fewer. */
export function axisMarks(top: number, unit: Unit, low: boolean): number[] {
  const { size } = mantissa(top, unit)
  const parts = low ? 2 : (TOPS.find(([candidate]) => Math.abs(size - candidate) < 0.001)?.[1] ?? 4)
  return Array.from({ length: parts + 1 }, (_, i) => (top * i) / parts)
}

/** The ends and marks of an axis that may reach below zero: whole steps of the larger side's marks. */
export function axisRange(
  least: number,
  most: number,
  unit: Unit,
  low: boolean,
): { bottom: number; top: number; marks: number[] } {
  const marks = axisMarks(niceTop(Math.max(-least, most), unit), unit, low)
  const step = marks[1] ?? 1
  const below = Math.max(0, Math.ceil(-least / step - 1e-9))
  const above = Math.max(0, Math.ceil(most / step - 1e-9))
  return {
    bottom: -below * step,
    top: above * step,
    marks: Array.from({ length: below + above + 1 }, (_, i) => (i - below) * step),
  }
}

function mantissa(value: number, unit: Unit): { size: number; power: number; base: number } {
  const base = unit === 'bytes' || unit === 'bytesPerSecond' ? scaleFor(value, unit).factor : 1
  const power = 10 ** Math.floor(Math.log10(value / base) + 1e-9)
  return { size: value / base / power, power, base }
}

export interface DurationWords {
  readonly days: string
  readonly hours: string
  readonly minutes: string
  readonly seconds: string
}

/** A duration in its two largest parts: '3 d 4 h', '12 s'. */
export function formatDuration(millis: number, words: DurationWords): string {
  const seconds = Math.max(0, Math.round(millis / 1000))
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), words.days],
    [Math.floor(seconds / 3600) % 24, words.hours],
    [Math.floor(seconds / 60) % 60, words.minutes],
    [seconds % 60, words.seconds],
  ]
  const first = parts.findIndex(([n]) => n > 0)
  if (first === -1) return `0\u00a0${words.seconds}`
  return parts
    .slice(first, first + 2)
    .filter(([n], i) => i === 0 || n > 0)
    .map(([n, word]) => `${n}\u00a0${word}`)
    .join(' ')
}
