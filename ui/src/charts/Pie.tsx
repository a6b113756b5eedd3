import type { Host } from '../api/hosts'
import { useApp } from '../components/app'
import { Notice, Skeleton } from '../components/States'
import { useOnScreen } from '../components/useOnScreen'
import { bindInstance } from '../lib/labels'
import { formatText, type Unit } from '../lib/units'
import legend from './Legend.module.css'
import { PanelFrame } from './PanelCard'
import { EmptyPanel } from './PanelStates'
import classes from './Pie.module.css'
import type { Panel } from './panels'
import { useModel } from './useModel'

export interface Slice {
  readonly key: string
  readonly name: string
  readonly value: number
  readonly slot: number
}

/** A ring keeps its middle free for the whole. */
const RADIUS = 40
const WIDTH = 18
const MOST_SLICES = 6
const AROUND = 2 * Math.PI * RADIUS

/** At most six slices; what is smaller is summed up as the last one. */
export function topSlices(slices: readonly Slice[], others: (n: number) => string): Slice[] {
  const sorted = slices.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value)
  if (sorted.length <= MOST_SLICES) return sorted
  const rest = sorted.slice(MOST_SLICES - 1)
  const sum = rest.reduce((total, { value }) => total + value, 0)
  return [
    ...sorted.slice(0, MOST_SLICES - 1),
    { key: 'others', name: others(rest.length), value: sum, slot: 8 },
  ]
}

/** Shares of a whole: a ring with a table beside it that has the numbers. */
export function Pie({ slices, unit, title }: { slices: readonly Slice[]; unit: Unit; title: string }) {
  const { t } = useApp()
  const total = slices.reduce((sum, { value }) => sum + value, 0)
  const sentence = slices
    .map(({ name, value }) => `${name} ${formatText((100 * value) / total, 'percent')}`)
    .join(', ')
  let start = 0
  return (
    <div className={classes.pie}>
      <svg viewBox="0 0 100 100" className={classes.ring} role="img" aria-label={`${title}: ${sentence}`}>
        {slices.map(({ key, value, slot }) => {
          const length = (AROUND * value) / total
          const offset = -start
          start += length
          return (
            <circle
              key={key}
              cx="50"
              cy="50"
              r={RADIUS}
              fill="none"
              stroke={`var(--series-${slot})`}
              strokeWidth={WIDTH}
              strokeDasharray={`${Math.max(0, length - (slices.length > 1 ? 0.8 : 0))} ${AROUND}`}
              strokeDashoffset={offset}
              transform="rotate(-90 50 50)"
            />
          )
        })}
        {unit !== 'percent' && (
          <text x="50" y="54" className={classes.total}>
            {formatText(total, unit)}
          </text>
        )}
      </svg>
      <table className={`${legend.table} ${classes.table}`}>
        <thead>
          <tr>
            <th scope="col">{t('chart.legend.name')}</th>
            {unit !== 'percent' && <th scope="col">{t('chart.value')}</th>}
            <th scope="col">{t('chart.share')}</th>
          </tr>
        </thead>
        <tbody>
          {slices.map(({ key, name, value, slot }) => (
            <tr key={key}>
              <th scope="row">
                <span className={classes.name}>
                  <span className={legend.swatch} data-slot={slot} />
                  {name}
                </span>
              </th>
              {unit !== 'percent' && <td>{formatText(value, unit)}</td>}
              <td className={legend.last}>{formatText((100 * value) / total, 'percent')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A panel's means over the range, as shares of their sum. */
export function PiePanel({ panel, host }: { panel: Panel; host: Host }) {
  const { t } = useApp()
  const [box, visible] = useOnScreen<HTMLDivElement>()
  const { data, model } = useModel(panel, host, 60, visible)
  const slices = topSlices(
    (model?.series ?? []).map(({ key, name, stats, slot }) => ({ key, name, value: stats.avg ?? 0, slot })),
    n => t('chart.others', { n }),
  )
  const failed = data.answer?.results.find(result => result.error !== null)?.error ?? null
  return (
    <PanelFrame
      panel={panel}
      meta={t('chart.overRange')}
      table={false}
      expressions={panel.queries.map(({ expr }) => bindInstance(expr, host.name))}
    >
      <div ref={box} className={classes.body}>
        {data.answer === undefined && data.error === null && <Skeleton height={140} />}
        {slices.length === 0 && model !== null && model.series.length > 0 && (
          <Notice compact title={t('chart.allZero')} />
        )}
        {slices.length > 0 ? (
          <Pie slices={slices} unit={panel.unit} title={t(panel.title)} />
        ) : (
          (data.error !== null || model?.series.length === 0) && (
            <EmptyPanel panel={panel} host={host} error={data.error} failed={failed} retry={data.retry} />
          )
        )}
      </div>
    </PanelFrame>
  )
}
