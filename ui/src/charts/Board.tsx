import { getRouteApi } from '@tanstack/react-router'
import type { Host } from '../api/hosts'
import { BarsPanel } from './Bars'
import classes from './Board.module.css'
import { Culprits } from './Culprits'
import { MountPie } from './MountPie'
import { PanelGrid } from './PanelGrid'
import { PiePanel } from './Pie'
import { type PanelId, panel } from './panels'

/** The parts of a server that have a board of charts. */
export const ASPECTS = ['overview', 'cpu', 'memory', 'disk', 'network'] as const
export type Aspect = (typeof ASPECTS)[number]

const CHARTS: Readonly<Record<Aspect, readonly PanelId[]>> = {
  overview: [
    'cpu-modes',
    'memory',
    'load',
    'pressure',
    'disk-throughput',
    'disk-latency',
    'network-sum',
    'network-receive',
    'swap',
    'tcp',
  ],
  cpu: [
    'cpu-modes',
    'cpu-demand',
    'cpu-per-core',
    'load',
    'pressure-cpu',
    'run-queue',
    'scheduler',
    'processes-cpu',
  ],
  memory: ['memory', 'memory-used', 'swap', 'paging', 'pressure-memory', 'dirty'],
  disk: ['disk-throughput', 'disk-latency', 'disk-iops', 'disk-busy', 'pressure-io', 'dirty'],
  network: ['network-sum', 'network-packets', 'network-receive', 'network-transmit', 'network-errors', 'tcp'],
}

const root = getRouteApi('__root__')

/** Charts on the left, what explains them on the right; on narrow screens below the first chart's reach. */
export function Board({ host, aspect }: { host: Host; aspect: Aspect }) {
  const { panel: large } = root.useSearch()
  return (
    <div className={classes.board} data-large={large === undefined ? undefined : ''}>
      <div className={classes.charts}>
        <PanelGrid panels={CHARTS[aspect]} host={host} />
      </div>
      <div className={classes.side}>
        <Side host={host} aspect={aspect} />
      </div>
    </div>
  )
}

function Side({ host, aspect }: { host: Host; aspect: Aspect }) {
  switch (aspect) {
    case 'overview':
      return (
        <>
          <Culprits host={host} />
          <BarsPanel panel={panel('mounts')} host={host} />
          <BarsPanel panel={panel('units-cpu')} host={host} />
        </>
      )
    case 'cpu':
      return (
        <>
          <Culprits host={host} />
          <PiePanel panel={panel('cpu-share')} host={host} />
          <BarsPanel panel={panel('units-cpu')} host={host} />
        </>
      )
    case 'memory':
      return (
        <>
          <Culprits host={host} initial="memory" />
          <BarsPanel panel={panel('units-memory')} host={host} />
        </>
      )
    case 'disk':
      return (
        <>
          <Culprits host={host} initial="io" />
          <BarsPanel panel={panel('mounts')} host={host} />
          <MountPie host={host} />
          <BarsPanel panel={panel('inodes')} host={host} />
          <BarsPanel panel={panel('units-io')} host={host} />
        </>
      )
    case 'network':
      return <PiePanel panel={panel('network-share')} host={host} />
  }
}
