/** What is explored, as it stands in the address: `q`, `q2` … `q6`, `viz`, `unit`, `f`. */
import type { Unit } from '../../lib/units'

export const VIEWS = ['line', 'stacked', 'bar', 'pie', 'table'] as const
export type View = (typeof VIEWS)[number]

export const UNITS = [
  'count',
  'percent',
  'bytes',
  'bytesPerSecond',
  'bitsPerSecond',
  'seconds',
  'perSecond',
] as const satisfies readonly Unit[]

export const MOST_EXPRESSIONS = 6
/** A hub refuses longer expressions. */
const MOST_CHARACTERS = 16_384

const KEYS = ['q', 'q2', 'q3', 'q4', 'q5', 'q6'] as const

export interface ExploreState {
  readonly q?: string
  readonly q2?: string
  readonly q3?: string
  readonly q4?: string
  readonly q5?: string
  readonly q6?: string
  readonly viz?: View
  readonly unit?: Unit
  /** Shows only series whose name holds this. */
  readonly f?: string
}

export function parseExplore(search: Readonly<Record<string, unknown>>): ExploreState {
  const state: Record<string, string | undefined> = {}
  for (const key of [...KEYS, 'f']) {
    const value = search[key]
    state[key] =
      typeof value === 'string' && value.trim() !== '' && value.length <= MOST_CHARACTERS ? value : undefined
  }
  state.viz = VIEWS.find(view => view === search.viz)
  state.unit = UNITS.find(unit => unit === search.unit)
  return state as ExploreState
}

/** The expressions in their order, without empty ones. */
export const expressionsOf = (state: ExploreState): string[] =>
  KEYS.flatMap(key => (state[key] === undefined ? [] : [state[key]]))

/** The part of the address for a list of expressions; keys that are not needed are named, so that they go. */
export function withExpressions(
  expressions: readonly string[],
): Partial<Record<(typeof KEYS)[number], string | undefined>> {
  const kept = expressions.map(text => text.trim()).filter(text => text !== '')
  return Object.fromEntries(KEYS.map((key, i) => [key, kept[i]]))
}

/** 'A' for the first expression, 'B' for the second. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index)

/** The unit that an expression's answer most likely has, from the names of its metrics. */
export function guessUnit(expressions: readonly string[]): Unit {
  const units = new Set(expressions.map(unitOf))
  const [only] = units
  return units.size === 1 && only !== undefined ? only : 'count'
}

function unitOf(expression: string): Unit {
  const text = expression.replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
  const rated = /\b(rate|irate|deriv)\s*\(/.test(text)
  const names = [...text.matchAll(/\b[a-zA-Z_:][\w:]*/g)].map(([name]) => name)
  const percent = /\b100\s*\*|\*\s*100\b/.test(text)
  if (percent) return 'percent'
  // A ratio of two metrics has no unit, whatever they are measured in.
  if (text.includes('/')) return 'count'
  if (names.some(name => /_bytes(_total|_sum)?$/.test(name))) return rated ? 'bytesPerSecond' : 'bytes'
  if (names.some(name => /_seconds(_sum)?$/.test(name)) && !rated) return 'seconds'
  if (names.some(name => /_seconds_total$/.test(name))) return rated ? 'count' : 'seconds'
  return rated && names.some(name => name.endsWith('_total')) ? 'perSecond' : 'count'
}
