import { Link } from '@tanstack/react-router'
import type { Host } from '../api/hosts'
import { useApp } from '../components/app'
import { useHubLost } from '../components/live'
import { useOnScreen } from '../components/useOnScreen'
import type { PlainKey } from '../lib/i18n'
import type { Value } from '../lib/series'
import { format, formatText, type Unit } from '../lib/units'
import type { ChartModel, ModelSeries } from './model'
import { SIGNALS } from './panels'
import classes from './Signals.module.css'
import { Sparkline } from './Sparkline'
import { useModel } from './useModel'

export type SignalId = 'cpu' | 'memory' | 'disk' | 'network'

export interface SignalValue {
  readonly id: SignalId
  readonly title: PlainKey
  readonly unit: Unit
  readonly value: number | null
  readonly values: readonly Value[]
  /** Where attention starts; network has no limit. */
  readonly threshold: number | null
  /** What the number refers to: the mount, the cores. */
  readonly of: string
  /** The fullest mount, for disk. */
  readonly mount?: string
}

const POINTS = 60
const THRESHOLDS = { cpu: 90, memory: 80, disk: 90 } as const

/** The four numbers that say how a server is, from one question to the hub; disk shows the fullest mount. */
export function useSignals(host: Host, visible: boolean): readonly SignalValue[] | null {
  const { t } = useApp()
  const { model } = useModel(SIGNALS, host, POINTS, visible)
  if (model === null) return null
  const cpu = find(model, 'cpu')
  const memory = find(model, 'memory')
  const disk = fullest(model)
  const network = find(model, 'network')
  const cores = host.cores
  const used = cpu?.stats.last ?? null
  return [
    {
      id: 'cpu',
      title: 'signal.cpu',
      unit: 'percent',
      value: used,
      values: cpu?.values ?? [],
      threshold: THRESHOLDS.cpu,
      of:
        cores === null || used === null
          ? ''
          : t('signal.cpu.of', { used: formatText((used * cores) / 100, 'cores'), cores }),
    },
    {
      id: 'memory',
      title: 'signal.memory',
      unit: 'percent',
      value: memory?.stats.last ?? null,
      values: memory?.values ?? [],
      threshold: THRESHOLDS.memory,
      of:
        host.memoryBytes === null
          ? ''
          : t('signal.memory.of', { total: formatText(host.memoryBytes, 'bytes') }),
    },
    {
      id: 'disk',
      title: 'signal.disk',
      unit: 'percent',
      value: disk?.stats.last ?? null,
      values: disk?.values ?? [],
      threshold: THRESHOLDS.disk,
      of: disk === undefined ? '' : t('signal.disk.fullest', { mount: disk.labels.mountpoint ?? '' }),
      mount: disk?.labels.mountpoint ?? '',
    },
    {
      id: 'network',
      title: 'signal.network',
      unit: 'bitsPerSecond',
      value: network?.stats.last ?? null,
      values: network?.values ?? [],
      threshold: null,
      of: t('signal.network.of'),
    },
  ]
}

const find = (model: ChartModel, query: SignalId): ModelSeries | undefined =>
  model.series.find(({ key }) => key.startsWith(`${query}:`))

const fullest = (model: ChartModel): ModelSeries | undefined =>
  model.series
    .filter(({ key, stats }) => key.startsWith('disk:') && stats.last !== null)
    .sort((a, b) => (b.stats.last ?? 0) - (a.stats.last ?? 0))[0]

const PLACEHOLDERS: readonly SignalId[] = ['cpu', 'memory', 'disk', 'network']

/** The header line of a server: number, unit, bar with its threshold, course over the range. */
export function Signals({ host }: { host: Host }) {
  const { t } = useApp()
  const [box, visible] = useOnScreen<HTMLUListElement>()
  const signals = useSignals(host, visible)
  const lost = useHubLost()
  return (
    <ul ref={box} className={classes.signals} data-stale={lost || undefined}>
      {signals === null
        ? PLACEHOLDERS.map(id => <li key={id} className={classes.cell} />)
        : signals.map(signal => (
            <li key={signal.id} className={classes.cell} data-over={isOver(signal) || undefined}>
              <Link
                to="/servers/$id/$tab"
                params={{ id: host.id, tab: signal.id }}
                search={true as never}
                className={classes.link}
              >
                <span className={classes.title}>{t(signal.title)}</span>
                <SignalNumber signal={signal} />
                <span className={classes.of}>{signal.of}</span>
                <span className={classes.spark}>
                  <Sparkline values={signal.values} {...(signal.unit === 'percent' ? { max: 100 } : {})} />
                </span>
                <SignalBar signal={signal} />
              </Link>
            </li>
          ))}
    </ul>
  )
}

export const isOver = ({ value, threshold }: SignalValue): boolean =>
  value !== null && threshold !== null && value >= threshold

export function SignalNumber({ signal }: { signal: SignalValue }) {
  const { number, unit } = format(signal.value, signal.unit)
  return (
    <span className={classes.number}>
      {isOver(signal) && (
        <span className={classes.shape} aria-hidden="true">
          ▲
        </span>
      )}
      {number}
      <span className={classes.unit}>{unit}</span>
    </span>
  )
}

export function SignalBar({ signal }: { signal: SignalValue }) {
  const { t } = useApp()
  if (signal.threshold === null) return <span className={classes.noBar} />
  return (
    <span
      className={classes.bar}
      data-over={isOver(signal) || undefined}
      title={t('signal.threshold', { value: formatText(signal.threshold, signal.unit) })}
    >
      <span className={classes.fill} style={{ width: `${Math.min(100, signal.value ?? 0)}%` }} />
      <span className={classes.tick} style={{ left: `${signal.threshold}%` }} />
    </span>
  )
}
