/**
 * Arithmetic on columns of values. A value is a number, `null` (there is none: the line breaks) or `undefined`
 * (none either, but the hole is too short to mean anything: the line goes on).
 */
export type Value = number | null | undefined

/** A line breaks when two of its values are further apart than this many intervals. */
export const GAP_INTERVALS = 2.5

/** Marks the holes of a column that are short enough to be drawn through. `intervals[i]` is the distance expected at i. */
export function bridgeShortHoles(
  times: readonly number[],
  values: Value[],
  intervals: readonly number[],
): void {
  let last = -1
  for (let i = 0; i < values.length; i++) {
    if (values[i] === null || values[i] === undefined) continue
    if (last >= 0 && i - last > 1) {
      const distance = (times[i] ?? 0) - (times[last] ?? 0)
      const bridge = distance <= GAP_INTERVALS * Math.max(intervals[last] ?? 0, intervals[i] ?? 0)
      for (let hole = last + 1; hole < i; hole++) values[hole] = bridge ? undefined : null
    }
    last = i
  }
}

export interface Rows {
  readonly times: number[]
  readonly columns: Value[][]
  readonly intervals: number[]
}

/** Puts a row without values wherever two rows are too far apart, so that lines break there. */
export function breakAtGaps({ times, columns, intervals }: Rows): Rows {
  const gaps: number[] = []
  for (let i = 1; i < times.length; i++) {
    if (
      (times[i] ?? 0) - (times[i - 1] ?? 0) >
      GAP_INTERVALS * Math.max(intervals[i] ?? 0, intervals[i - 1] ?? 0)
    ) {
      gaps.push(i)
    }
  }
  if (gaps.length === 0) return { times, columns, intervals }
  const withRows = <T>(values: readonly T[], fill: (i: number) => T): T[] => {
    const out: T[] = []
    let from = 0
    for (const gap of gaps) {
      for (; from < gap; from++) out.push(values[from] as T)
      out.push(fill(gap))
    }
    for (; from < values.length; from++) out.push(values[from] as T)
    return out
  }
  return {
    times: withRows(times, i => (times[i - 1] ?? 0) + (intervals[i - 1] ?? 1)),
    columns: columns.map(column => withRows<Value>(column, () => null)),
    intervals: withRows(intervals, i => intervals[i - 1] ?? 1),
  }
}

export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Where nothing at all was heard: after the first value, holes of every column that are longer than a gap. */
export function silences({ times, columns, intervals }: Rows, until: number | null): Stretch[] {
  const found: Stretch[] = []
  let last = -1
  for (let i = 0; i < times.length; i++) {
    if (!columns.some(column => typeof column[i] === 'number')) continue
    if (last >= 0) {
      const limit = GAP_INTERVALS * Math.max(intervals[i] ?? 0, intervals[last] ?? 0)
      if ((times[i] ?? 0) - (times[last] ?? 0) > limit)
        found.push({ from: times[last] ?? 0, to: times[i] ?? 0 })
    }
    last = i
  }
  if (last >= 0 && until !== null) {
    // The newest sample is always a little under way: only a silence that people would notice counts at the end.
    const limit = Math.max(GAP_INTERVALS * (intervals[last] ?? 0), 5000)
    if (until - (times[last] ?? 0) > limit) found.push({ from: times[last] ?? 0, to: until })
  }
  return found
}

/** Sums from the first column upwards; a missing value adds nothing, and a row without any value stays without. */
export function stack(columns: readonly (readonly Value[])[]): Value[][] {
  const rows = columns[0]?.length ?? 0
  const sums = new Float64Array(rows)
  const some = new Uint8Array(rows)
  for (const column of columns) {
    for (let i = 0; i < rows; i++) if (typeof column[i] === 'number') some[i] = 1
  }
  return columns.map(column => {
    const out = new Array<Value>(rows)
    for (let i = 0; i < rows; i++) {
      const value = column[i]
      if (typeof value === 'number') sums[i] = (sums[i] ?? 0) + value
      out[i] = some[i] === 1 ? (sums[i] ?? 0) : value
    }
    return out
  })
}

/** The index of the time nearest to `time`, or -1. */
export function nearest(times: readonly number[], time: number): number {
  if (times.length === 0) return -1
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  const before = low - 1
  return before >= 0 && time - (times[before] ?? 0) < (times[low] ?? 0) - time ? before : low
}
