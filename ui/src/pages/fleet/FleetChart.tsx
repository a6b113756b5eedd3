import { Select } from '@mantine/core'
import { useMemo } from 'react'
import type { FleetHost } from '../../api/fleet'
import type { Panel } from '../../charts/panels'
import { TimeChart } from '../../charts/TimeChart'
import { useApp } from '../../components/app'
import type { PlainKey } from '../../lib/i18n'
import type { Unit } from '../../lib/units'
import classes from './Fleet.module.css'
import { METRICS, type Metric } from './state'

/** As many lines as there are colours. */
const MOST = 8

const of = 'instance=~"$instance"'
const NET = `${of},device!="lo"`
const MOUNT = `${of},fstype!~"tmpfs|devtmpfs|ramfs|squashfs|iso9660|efivarfs"`
const cpu = (more: string): string =>
  `sum by (instance) (rate(node_cpu_seconds_total{${of}${more}}[$window]))`

const EXPRESSIONS: Record<Metric, readonly [PlainKey, Unit, string]> = {
  cpu: ['fleet.chart.cpu', 'percent', `100 * ${cpu(',mode!~"idle|iowait"')} / ${cpu('')}`],
  memory: [
    'fleet.chart.memory',
    'percent',
    `100 * max by (instance) (1 - node_memory_MemAvailable_bytes{${of}} / node_memory_MemTotal_bytes{${of}})`,
  ],
  disk: [
    'fleet.chart.disk',
    'percent',
    `100 * max by (instance) (1 - node_filesystem_avail_bytes{${MOUNT}} / node_filesystem_size_bytes{${MOUNT}})`,
  ],
  network: [
    'fleet.chart.network',
    'bitsPerSecond',
    `8 * (sum by (instance) (rate(node_network_receive_bytes_total{${NET}}[$window])) + sum by (instance) (rate(node_network_transmit_bytes_total{${NET}}[$window])))`,
  ],
}

interface Props {
  readonly hosts: readonly FleetHost[]
  readonly metric: Metric
  readonly onMetric: (metric: Metric | undefined) => void
}

/** One metric of the servers that stand first below, in one chart. */
export function FleetChart({ hosts, metric, onMetric }: Props) {
  const { t } = useApp()
  const shown = hosts.slice(0, MOST)
  const names = shown.map(({ host }) => host.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const first = shown[0]?.host
  // The expression selects by a pattern where those of a server's page select by its name.
  const all = useMemo(
    () => (first === undefined ? undefined : { ...first, name: names, bootedAt: null }),
    [first, names],
  )
  const panel = useMemo<Panel>(() => {
    const [title, unit, expr] = EXPRESSIONS[metric]
    return {
      id: `fleet-${metric}`,
      title,
      unit,
      kind: 'line',
      collector: 'cpu',
      ...(unit === 'percent' ? { max: 100 } : {}),
      queries: [{ id: 'host', expr, name: '{{instance}}' }],
    }
  }, [metric])
  if (all === undefined) return null
  return (
    <section className={classes.chart}>
      <Select
        size="xs"
        label={t('fleet.chart')}
        description={t('fleet.chart.hint', { n: shown.length })}
        data={METRICS.map(one => ({ value: one, label: t(EXPRESSIONS[one][0]) }))}
        value={metric}
        allowDeselect={false}
        onChange={value => onMetric(METRICS.find(one => one === value))}
      />
      <TimeChart key={names} panel={panel} host={all} height={220} />
    </section>
  )
}
