import { useApp } from '../components/app'
import type { Value } from '../lib/series'
import { clockText, dateTimeText } from '../lib/time'
import { formatText, type Unit } from '../lib/units'
import classes from './ChartTable.module.css'

/** The newest rows are enough to read; the CSV has them all. */
const MOST_ROWS = 200

export function ChartTable({
  title,
  rows,
  unit,
}: {
  title: string
  rows: {
    readonly times: readonly number[]
    readonly series: readonly { name: string; values: readonly Value[] }[]
  }
  unit: Unit
}) {
  const { t, zone } = useApp()
  const long = (rows.times.at(-1) ?? 0) - (rows.times[0] ?? 0) > 86_400_000
  const text = (time: number) => (long ? dateTimeText(time, zone) : clockText(time, zone))
  const newest = rows.times.map((_, i) => rows.times.length - 1 - i).slice(0, MOST_ROWS)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label={title}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            {rows.series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newest.map(i => (
            <tr key={rows.times[i]}>
              <th scope="row">{text(rows.times[i] ?? 0)}</th>
              {rows.series.map(({ name, values }) => (
                <td key={name}>{formatText(values[i], unit)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
