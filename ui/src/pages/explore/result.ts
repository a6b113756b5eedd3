/** From the hub's answer to what the views show, as pure functions. */
import type { ChartAnswer, ChartSeries, SeriesStats } from '../../api/chart'
import type { Panel } from '../../charts/panels'
import { assignSlots } from '../../lib/colour'
import { escapeMatcherValue, type Labels, labelKey } from '../../lib/labels'
import type { Unit } from '../../lib/units'
import { letterOf, type View } from './state'

/** One series with its name, colour and numbers. */
export interface Found {
  readonly key: string
  readonly name: string
  readonly letter: string
  readonly labels: Labels
  readonly slot: number
  readonly stats: SeriesStats
}

/** `metric{label="value"}`, in front of it the expression's letter when there are several. */
export function nameOf(labels: Labels, letter: string | null): string {
  const inside = Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}="${escapeMatcherValue(value)}"`)
    .join(', ')
  const metric = labels.__name__ ?? ''
  const text = inside === '' ? metric || '{}' : `${metric}{${inside}}`
  return letter === null ? text : `${letter}  ${text}`
}

/** Every series of the answer whose name holds the filter. */
export function foundSeries(answer: ChartAnswer, filter: string): Found[] {
  const several = answer.results.length > 1
  const wanted = filter.trim().toLowerCase()
  const all = answer.results.flatMap((result, i) =>
    result.series.map(series => ({ letter: letterOf(i), series, id: result.id })),
  )
  const kept = all
    .map(({ letter, series, id }) => ({
      key: `${id}:${labelKey(series.labels)}`,
      name: nameOf(series.labels, several ? letter : null),
      letter,
      labels: series.labels,
      // A well-known series keeps the colour that it has elsewhere.
      role: series.labels.mode,
      stats: series.stats,
    }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
  const slots = assignSlots(kept)
  return kept.map((one, i) => ({ ...one, slot: slots[i] ?? 0 }))
}

/** The answer with only those series. */
export function filtered(answer: ChartAnswer, found: readonly Found[]): ChartAnswer {
  const keys = new Set(found.map(({ key }) => key))
  const kept = (id: string, series: readonly ChartSeries[]) =>
    series.filter(({ labels }) => keys.has(`${id}:${labelKey(labels)}`))
  return { ...answer, results: answer.results.map(one => ({ ...one, series: kept(one.id, one.series) })) }
}

/** The panel that draws the expressions. */
export function panelOf(expressions: readonly string[], view: View, unit: Unit): Panel {
  return {
    id: 'explore',
    title: 'explore.result',
    unit,
    kind: view === 'stacked' ? 'stacked' : 'line',
    rest: 'omit',
    collector: '',
    queries: expressions.map((expr, i) => ({ id: letterOf(i), expr, name: letterOf(i), role: '{{mode}}' })),
  }
}
