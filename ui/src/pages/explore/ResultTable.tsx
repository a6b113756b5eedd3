import { useState } from 'react'
import { useApp } from '../../components/app'
import { formatText, type Unit } from '../../lib/units'
import classes from './Explore.module.css'
import type { Found } from './result'

const COLUMNS = ['last', 'min', 'avg', 'max'] as const
type Column = 'name' | (typeof COLUMNS)[number]

/** More rows than this are no reading; the filter and the CSV have the rest. */
const MOST_ROWS = 500

/** Every series with its numbers over the range, sortable. */
export function ResultTable({ found, unit }: { found: readonly Found[]; unit: Unit }) {
  const { t } = useApp()
  const [sort, setSort] = useState<{ column: Column; down: boolean }>({ column: 'last', down: true })
  const rows = [...found]
    .sort((a, b) => {
      const order =
        sort.column === 'name'
          ? a.name.localeCompare(b.name, 'en', { numeric: true })
          : compare(a.stats[sort.column], b.stats[sort.column])
      return sort.down ? -order : order
    })
    .slice(0, MOST_ROWS)
  const head = (column: Column, word: string) => (
    <th
      key={column}
      scope="col"
      aria-sort={sort.column === column ? (sort.down ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        onClick={() => setSort({ column, down: sort.column === column ? !sort.down : column !== 'name' })}
      >
        {word}
        <span aria-hidden="true">{sort.column === column ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label={t('explore.result')}>
      <table className={classes.table}>
        <thead>
          <tr>
            {head('name', t('chart.legend.name'))}
            {COLUMNS.map(column => head(column, t(`chart.legend.${column}`)))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, slot, stats }) => (
            <tr key={key}>
              <th scope="row">
                <span className={classes.swatch} style={{ background: `var(--series-${slot})` }} />
                {name}
              </th>
              {COLUMNS.map(column => (
                <td key={column} title={stats[column] === null ? undefined : String(stats[column])}>
                  {formatText(stats[column], unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {found.length > rows.length && (
        <p className={classes.note}>{t('explore.more', { n: found.length - rows.length })}</p>
      )}
    </section>
  )
}

/** A missing number is smaller than any. */
const compare = (a: number | null, b: number | null): number =>
  a === b ? 0 : a === null ? -1 : b === null ? 1 : a - b
