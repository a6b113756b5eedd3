import { type RefObject, useLayoutEffect, useRef } from 'react'
import { useApp } from '../components/app'
import { format, formatText, type Unit } from '../lib/units'
import classes from './Legend.module.css'
import type { ChartModel, ModelSeries } from './model'

export interface LegendHandle {
  /** Shows the values of one row of the chart instead of the last ones; null shows the last again. */
  readonly showRow: (row: number | null) => void
}

interface LegendProps {
  readonly title: string
  readonly model: ChartModel
  /** All series, also those hidden by isolation. */
  readonly entries: readonly ModelSeries[]
  readonly unit: Unit
  readonly compare: boolean
  readonly isolated: ReadonlySet<string>
  readonly onIsolate: (keys: ReadonlySet<string>) => void
  readonly handle: RefObject<LegendHandle | null>
}

/** Name, min, avg, max, last of each series; the numbers come from the raw data on the hub. Click isolates. */
export function Legend({ title, model, entries, unit, compare, isolated, onIsolate, handle }: LegendProps) {
  const { t } = useApp()
  const cells = useRef(new Map<string, HTMLElement>())
  const shownRow = useRef<number | null>(null)

  useLayoutEffect(() => {
    const showRow = (row: number | null) => {
      shownRow.current = row
      // Straight into the cells: the pointer moves far more often than React should render.
      for (const one of model.series) {
        const cell = cells.current.get(one.key)
        if (cell !== undefined)
          cell.textContent = formatText(row === null ? one.stats.last : one.values[row], unit)
      }
    }
    handle.current = { showRow }
    // React leaves a cell alone whose last value is what it was, whatever the pointer wrote there.
    const row = shownRow.current
    showRow(row === null || row >= model.times.length ? null : row)
  }, [handle, model, unit])

  const isolate = (key: string, add: boolean) => {
    if (add) {
      const next = new Set(isolated)
      if (!next.delete(key)) next.add(key)
      onIsolate(next)
    } else onIsolate(isolated.size === 1 && isolated.has(key) ? new Set() : new Set([key]))
  }

  return (
    <section
      className={classes.scroll}
      tabIndex={entries.length > 6 ? 0 : -1}
      aria-label={t('chart.legend.label', { title })}
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('chart.legend.name')}</th>
            <th scope="col">{t('chart.legend.min')}</th>
            <th scope="col">{t('chart.legend.avg')}</th>
            <th scope="col">{t('chart.legend.max')}</th>
            <th scope="col">{t('chart.legend.last')}</th>
            {compare && <th scope="col">{t('chart.legend.delta')}</th>}
          </tr>
        </thead>
        <tbody>
          {entries.map(one => {
            const dimmed = isolated.size > 0 && !isolated.has(one.key)
            return (
              <tr key={one.key} data-dimmed={dimmed || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className={classes.name}
                    aria-pressed={isolated.has(one.key)}
                    title={one.limit ? t('chart.capacity') : one.name}
                    onClick={event => isolate(one.key, event.shiftKey || event.ctrlKey || event.metaKey)}
                  >
                    <span
                      className={classes.swatch}
                      data-slot={one.slot}
                      data-limit={one.limit || undefined}
                    />
                    <span className={classes.text}>{one.name}</span>
                  </button>
                </th>
                <Cell value={one.limit ? null : one.stats.min} unit={unit} blank={one.limit} />
                <Cell value={one.limit ? null : one.stats.avg} unit={unit} blank={one.limit} />
                <Cell value={one.limit ? null : one.stats.max} unit={unit} blank={one.limit} />
                <td
                  className={classes.last}
                  ref={element => {
                    if (element === null) cells.current.delete(one.key)
                    else cells.current.set(one.key, element)
                  }}
                >
                  {formatText(one.stats.last, unit)}
                </td>
                {compare && <td>{deltaText(one, unit)}</td>}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ value, unit, blank }: { value: number | null; unit: Unit; blank: boolean }) {
  return <td>{blank ? '' : formatText(value, unit)}</td>
}

/** The change of the mean against the compared period: '+1.20 GiB, +8 %'. */
function deltaText({ stats, comparedAvg }: ModelSeries, unit: Unit): string {
  if (stats.avg === null || comparedAvg === null) return ''
  const delta = stats.avg - comparedAvg
  if (Math.abs(delta) < 0.005 * Math.abs(comparedAvg)) return '±0'
  const sign = delta > 0 ? '+' : delta < 0 ? '−' : '±'
  const { number, unit: suffix } = format(Math.abs(delta), unit)
  const text = `${sign}${number}${suffix === '' ? '' : `\u00a0${suffix}`}`
  if (comparedAvg === 0 || unit === 'percent') return text
  return `${text}, ${sign}${Math.abs((100 * delta) / comparedAvg).toFixed(0)}\u00a0%`
}
