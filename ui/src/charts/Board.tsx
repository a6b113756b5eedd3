import type { Host } from '../api/hosts'
import type { Culprit } from '../components/cursor'
import { useTime } from '../components/time'
import classes from './Board.module.css'
import { Culprits } from './Culprits'
import { PanelGrid } from './PanelGrid'
import type { PanelId } from './panels'

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
    'mounts',
    'units-cpu',
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
    'processes-cpu',
    'scheduler',
    'cpu-share',
    'units-cpu',
  ],
  memory: ['memory', 'memory-used', 'swap', 'paging', 'pressure-memory', 'dirty', 'units-memory'],
  disk: [
    'disk-throughput',
    'disk-latency',
    'disk-iops',
    'disk-busy',
    'mounts',
    'mount-space',
    'pressure-io',
    'dirty',
    'inodes',
    'units-io',
  ],
  network: [
    'network-sum',
    'network-share',
    'network-receive',
    'network-transmit',
    'network-packets',
    'network-errors',
    'tcp',
  ],
}

/** What the processes beside the charts are ranked by; a part without culprits has the whole width. */
const RANKED_BY: Readonly<Record<Aspect, Culprit | null>> = {
  overview: 'cpu',
  cpu: 'cpu',
  memory: 'memory',
  disk: 'io',
  network: null,
}

/** Charts on the left; on the right, always in view, the processes of the moment one points at. */
export function Board({ host, aspect }: { host: Host; aspect: Aspect }) {
  const by = RANKED_BY[aspect]
  const { pinned } = useTime()
  if (by === null) return <PanelGrid panels={CHARTS[aspect]} host={host} />
  return (
    <div className={classes.board}>
      <PanelGrid panels={CHARTS[aspect]} host={host} />
      <div className={classes.side} data-pinned={pinned === null ? undefined : ''}>
        <Culprits host={host} initial={by} />
      </div>
    </div>
  )
}
