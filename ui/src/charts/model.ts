/**
 * From what the hub answered to what is drawn, as pure functions: history joined with the live rows, gaps
 * broken, colours given, what is too much summed up.
 */
import type { ChartAnswer, SeriesStats } from '../api/chart'
import { assignSlots, REST_SLOT, SLOTS } from '../lib/colour'
import type { PlainKey, Translate } from '../lib/i18n'
import { type Labels, labelKey, seriesName } from '../lib/labels'
import type { LiveRing } from '../lib/ring'
import {
  breakAtGaps,
  bridgeShortHoles,
  nearest,
  type Rows,
  type Stretch,
  silences,
  stack,
  type Value,
} from '../lib/series'
import type { Panel, PanelQuery } from './panels'

export interface ModelSeries {
  /** Stable identity: query and labels. */
  readonly key: string
  readonly name: string
  readonly labels: Labels
  readonly slot: number
  /** A limit such as the number of cores: thin, grey, in no stack. */
  readonly limit: boolean
  readonly values: Value[]
  readonly min: Value[] | null
  readonly max: Value[] | null
  readonly stats: SeriesStats
  /** The same series in the compared period, at the same rows. */
  readonly compared: Value[] | null
  readonly comparedAvg: number | null
}

export interface ChartModel {
  readonly times: number[]
  readonly series: readonly ModelSeries[]
  /** What is drawn for each series: itself, or the sum up to it. */
  readonly drawn: readonly Value[][]
  readonly silences: readonly Stretch[]
  readonly omitted: number
  readonly stepMillis: number
  readonly resolutionMillis: number
}

export interface ModelInput {
  readonly panel: Panel
  readonly answer: ChartAnswer
  readonly compared: ChartAnswer | null
  readonly compareMillis: number
  /** Live rows by query id; none for a range in the past. */
  readonly rings: ReadonlyMap<string, LiveRing>
  readonly periodMillis: number
  /** The end of the view when it is now, else null. */
  readonly until: number | null
  /** Keys that the legend isolated; empty shows all. */
  readonly isolated: ReadonlySet<string>
  readonly t: Translate
}

interface Raw {
  readonly key: string
  readonly query: PanelQuery
  readonly labels: Labels
  readonly values: Value[]
  min: Value[] | null
  max: Value[] | null
  stats: SeriesStats
  compared: Value[] | null
  comparedAvg: number | null
}

const MODES: Readonly<Record<string, PlainKey>> = {
  user: 'mode.user',
  system: 'mode.system',
  nice: 'mode.nice',
  iowait: 'mode.iowait',
  irq: 'mode.irq',
  softirq: 'mode.softirq',
  steal: 'mode.steal',
  idle: 'mode.idle',
}

/** The name of a series in the language of the page. */
export function nameOf(query: PanelQuery, labels: Labels, t: Translate): string {
  const filled = query.name.includes('{{') ? seriesName(query.name, labels) : ''
  const word = query.nameKey === undefined ? '' : t(query.nameKey)
  if (word !== '') return filled === '' ? word : `${filled} ${word}`
  const mode = query.name === '{{mode}}' ? MODES[filled] : undefined
  return mode === undefined ? filled || query.name : t(mode)
}

export function roleOf(query: PanelQuery, labels: Labels): string | undefined {
  return query.role === undefined ? undefined : seriesName(query.role, labels)
}

export function chartModel(input: ModelInput): ChartModel {
  const { panel, answer, t } = input
  const rows = join(input)
  const raws = rows.raws
  const measured = raws.filter(raw => raw.query.limit !== true)
  const limits = raws.filter(raw => raw.query.limit === true)
  measured.sort(order(panel))

  const few = topSeries(panel, measured)
  const slots = assignSlots(few.map(({ key, query, labels }) => ({ key, role: roleOf(query, labels) })))
  const series: ModelSeries[] = few.map((raw, i) => ({ ...shown(raw, t), slot: slots[i] ?? 0, limit: false }))
  const rest = measured.filter(raw => !few.includes(raw))
  if (rest.length > 0 && panel.rest === 'sum') series.push(othersOf(rest, t))
  for (const raw of limits) series.push({ ...shown(raw, t), slot: REST_SLOT, limit: true })

  const visible = input.isolated.size === 0 ? series : series.filter(one => input.isolated.has(one.key))
  const shownSeries = visible.length === 0 ? series : visible
  const drawnRows: Rows = {
    times: rows.times,
    columns: shownSeries.map(one => one.values),
    intervals: rows.intervals,
  }
  const measuredColumns = shownSeries.filter(one => !one.limit).map(one => one.values)
  const stacked =
    panel.kind === 'stacked' && measuredColumns.length > 1 ? stack(measuredColumns) : measuredColumns
  let next = 0
  return {
    times: rows.times,
    series: shownSeries,
    drawn: shownSeries.map(one => (one.limit ? one.values : (stacked[next++] ?? one.values))),
    silences: silences(drawnRows, input.until),
    omitted: panel.rest === 'sum' ? 0 : rest.length,
    stepMillis: answer.stepMillis,
    resolutionMillis: answer.resolutionMillis,
  }
}

/** All series of the chart, also those that are not drawn, for its table and its file. */
export function allSeries(input: ModelInput): {
  times: number[]
  series: { name: string; values: Value[] }[]
} {
  const { times, raws } = join(input)
  return {
    times,
    series: raws.map(({ query, labels, values }) => ({ name: nameOf(query, labels, input.t), values })),
  }
}

function shown(raw: Raw, t: Translate): Omit<ModelSeries, 'slot' | 'limit'> {
  const { key, query, labels, values, min, max, stats, compared, comparedAvg } = raw
  return { key, name: nameOf(query, labels, t), labels, values, min, max, stats, compared, comparedAvg }
}

function order(panel: Panel): (a: Raw, b: Raw) => number {
  const rank = new Map((panel.order ?? []).map((role, i) => [role, i]))
  const queries = new Map(panel.queries.map(({ id }, i) => [id, i]))
  const text = (raw: Raw): string => seriesName(raw.query.name, raw.labels)
  return (a, b) => {
    const known =
      (rank.get(roleOf(a.query, a.labels) ?? '') ?? 99) - (rank.get(roleOf(b.query, b.labels) ?? '') ?? 99)
    if (known !== 0) return known
    const byName = a.query.name.includes('{{') ? text(a).localeCompare(text(b), 'en', { numeric: true }) : 0
    return byName !== 0 ? byName : (queries.get(a.query.id) ?? 0) - (queries.get(b.query.id) ?? 0)
  }
}

/** The eight series with the largest mean, in their usual order. */
function topSeries(panel: Panel, measured: readonly Raw[]): Raw[] {
  if (measured.length <= SLOTS || panel.order !== undefined) return [...measured]
  const largest = [...measured].sort((a, b) => (b.stats.avg ?? -1) - (a.stats.avg ?? -1)).slice(0, SLOTS)
  return measured.filter(raw => largest.includes(raw))
}

function othersOf(rest: readonly Raw[], t: Translate): ModelSeries {
  const sums = stack(rest.map(raw => raw.values)).at(-1) ?? []
  const add = (pick: (stats: SeriesStats) => number | null): number | null =>
    rest.reduce<number | null>((sum, { stats }) => {
      const value = pick(stats)
      return value === null ? sum : (sum ?? 0) + value
    }, null)
  const numbers = sums.filter(value => typeof value === 'number')
  return {
    key: 'others',
    name: t('chart.others', { n: rest.length }),
    labels: {},
    slot: REST_SLOT,
    limit: false,
    values: sums,
    min: null,
    max: null,
    stats: {
      min: numbers.length === 0 ? null : Math.min(...numbers),
      avg: add(stats => stats.avg),
      max: numbers.length === 0 ? null : Math.max(...numbers),
      last: add(stats => stats.last),
    },
    compared: null,
    comparedAvg: null,
  }
}

interface Joined {
  readonly times: number[]
  readonly intervals: number[]
  readonly raws: Raw[]
}

/** History, then the live rows after it, gathered into buckets as wide as history's. */
function join({ panel, answer, compared, compareMillis, rings, periodMillis }: ModelInput): Joined {
  const times = [...answer.times]
  const raws = new Map<string, Raw>()
  const historyRows = times.length
  const results = new Map(answer.results.map(result => [result.id, result]))
  const comparedResults = new Map(compared?.results.map(result => [result.id, result]))

  for (const query of panel.queries) {
    for (const one of results.get(query.id)?.series ?? []) {
      const key = `${query.id}:${labelKey(one.labels)}`
      raws.set(key, {
        key,
        query,
        labels: one.labels,
        values: [...one.avg],
        min: one.min === null ? null : [...one.min],
        max: one.max === null ? null : [...one.max],
        stats: one.stats,
        compared: null,
        comparedAvg: null,
      })
    }
  }

  const tail = tailTimes(panel, rings, times.at(-1) ?? 0, answer.stepMillis, periodMillis)
  times.push(...tail.times)
  const step = Math.max(answer.stepMillis, periodMillis)
  const intervals = times.map(() => step)
  if (!tail.bucketed) intervals.fill(periodMillis, historyRows)
  if (tail.times.length > 0) {
    for (const query of panel.queries) addTail(raws, query, rings.get(query.id), tail, historyRows)
    for (const raw of raws.values()) padTail(raw, times.length)
  }

  for (const raw of raws.values()) bridgeShortHoles(times, raw.values, intervals)
  if (compared !== null) {
    for (const raw of raws.values()) {
      if (raw.query.limit === true) continue
      const same = comparedResults
        .get(raw.query.id)
        ?.series.find(one => labelKey(one.labels) === labelKey(raw.labels))
      if (same === undefined) continue
      const reach = 1.5 * Math.max(compared.stepMillis, answer.stepMillis)
      raw.compared = times.map(time => {
        const i = nearest(compared.times, time - compareMillis)
        return i >= 0 && Math.abs((compared.times[i] ?? 0) + compareMillis - time) <= reach
          ? (same.avg[i] ?? null)
          : null
      })
      raw.comparedAvg = same.stats.avg
    }
  }
  return broken(times, intervals, [...raws.values()])
}

interface Tail {
  readonly times: number[]
  readonly after: number
  readonly width: number
  readonly bucketed: boolean
}

function tailTimes(
  panel: Panel,
  rings: ReadonlyMap<string, LiveRing>,
  after: number,
  stepMillis: number,
  periodMillis: number,
): Tail {
  const bucketed = stepMillis >= 2 * periodMillis
  const found = new Set<number>()
  for (const { id } of panel.queries) {
    rings.get(id)?.forEachAfter(after, time => found.add(bucketed ? bucketOf(time, after, stepMillis) : time))
  }
  return { times: [...found].sort((a, b) => a - b), after, width: stepMillis, bucketed }
}

/** The end of the bucket that holds the moment, on history's grid. */
const bucketOf = (time: number, origin: number, width: number): number =>
  origin + Math.ceil((time - origin) / width) * width

function addTail(
  raws: Map<string, Raw>,
  query: PanelQuery,
  ring: LiveRing | undefined,
  tail: Tail,
  start: number,
): void {
  if (ring === undefined) return
  const rowOf = new Map(tail.times.map((time, i) => [time, start + i]))
  for (const [label, labels] of ring.series()) {
    const key = `${query.id}:${label}`
    let raw = raws.get(key)
    if (raw === undefined) {
      raw = {
        key,
        query,
        labels,
        values: new Array<Value>(start).fill(null),
        min: null,
        max: null,
        stats: { min: null, avg: null, max: null, last: null },
        compared: null,
        comparedAvg: null,
      }
      raws.set(key, raw)
    }
    const { values } = raw
    const counts = new Map<number, number>()
    let { min, max, avg } = raw.stats
    ring.forEachAfter(tail.after, (time, read) => {
      const value = read(label)
      const row = rowOf.get(tail.bucketed ? bucketOf(time, tail.after, tail.width) : time)
      if (value === null || row === undefined) return
      const count = (counts.get(row) ?? 0) + 1
      counts.set(row, count)
      const mean = values[row]
      values[row] = typeof mean === 'number' ? mean + (value - mean) / count : value
      min = min === null || value < min ? value : min
      max = max === null || value > max ? value : max
      avg ??= value
    })
    raw.stats = { min, avg, max, last: ring.last(label) ?? raw.stats.last }
  }
}

function padTail(raw: Raw, rows: number): void {
  for (const column of [raw.values, raw.min, raw.max]) {
    if (column === null) continue
    for (let i = 0; i < rows; i++) if (column[i] === undefined) column[i] = null
  }
}

function broken(times: number[], intervals: number[], raws: Raw[]): Joined {
  const columns = raws.flatMap(raw =>
    [raw.values, raw.min, raw.max, raw.compared].filter(column => column !== null),
  )
  const rows = breakAtGaps({ times, columns, intervals })
  if (rows.times === times) return { times, intervals, raws }
  let next = 0
  const take = (column: Value[] | null): Value[] | null =>
    column === null ? null : (rows.columns[next++] ?? null)
  return {
    times: rows.times,
    intervals: rows.intervals,
    raws: raws.map(raw => ({
      ...raw,
      values: take(raw.values) ?? [],
      min: take(raw.min),
      max: take(raw.max),
      compared: take(raw.compared),
    })),
  }
}
