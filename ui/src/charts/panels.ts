import type { Signal } from '../api/hosts'
import type { PlainKey } from '../lib/i18n'
import type { Unit } from '../lib/units'

/**
 * Every chart of the product, in one list. To add one: an entry here, its words in lib/i18n, its id in the page
 * that shows it; the mock hub's test asks every expression.
 *
 * Expressions are PromQL. `$instance` becomes the server's name, escaped; `$window` is left to the hub, which
 * chooses a duration that fits the resolution.
 */

export type PanelKind =
  /** Lines over time. */
  | 'line'
  /** Areas on top of each other, for parts of a whole. */
  | 'stacked'
  /** The newest value of each series, largest first. */
  | 'bars'
  /** Shares of a whole at the newest moment. */
  | 'pie'
  /** Shares of one file system, chosen among all. */
  | 'mounts'

export interface PanelQuery {
  readonly id: string
  readonly expr: string
  /** '{{device}}': labels are filled in. CPU modes are translated. */
  readonly name: string
  /** The name in words; after the labels of `name` where it has some ('sda read'). */
  readonly nameKey?: PlainKey
  /** Picks a well-known colour; '{{mode}}' takes the label's value. */
  readonly role?: string
  /** A limit rather than a measurement: a thin grey line that joins no stack. */
  readonly limit?: true
}

export interface Panel {
  readonly id: string
  readonly title: PlainKey
  readonly unit: Unit
  readonly kind: PanelKind
  readonly queries: readonly PanelQuery[]
  /** The axis always ends here. */
  readonly max?: number
  /** Where attention starts, in the unit of the chart. */
  readonly threshold?: number
  /** What to do with the series beyond the eighth. */
  readonly rest?: 'sum' | 'omit'
  /** What the processes under the cursor are sorted by. */
  readonly culprit?: 'cpu' | 'memory' | 'io'
  /** Which marks of suspect values belong here. */
  readonly signal?: Signal
  /** The collector without which this chart is empty. */
  readonly collector: string
  /** Order of well-known series in stack and legend. */
  readonly order?: readonly string[]
}

const node = 'job="node",instance="$instance"'
const DISK = `${node},device!~"loop.*|ram.*|zram.*"`
const NET = `${node},device!="lo"`
const MOUNT = `${node},fstype!~"tmpfs|devtmpfs|ramfs|squashfs|iso9660|efivarfs"`

const rate = (metric: string, matchers = node): string => `rate(${metric}{${matchers}}[$window])`

const CPU_BUSY = `100 * sum(${rate('node_cpu_seconds_total', `${node},mode!~"idle|iowait"`)}) / sum(${rate('node_cpu_seconds_total')})`
const MEMORY_USED = `100 * (node_memory_MemTotal_bytes{${node}} - node_memory_MemAvailable_bytes{${node}}) / node_memory_MemTotal_bytes{${node}}`
const MOUNT_USED = `100 * max by (mountpoint) (1 - node_filesystem_avail_bytes{${MOUNT}} / node_filesystem_size_bytes{${MOUNT}})`
const NET_SUM = `8 * (sum(${rate('node_network_receive_bytes_total', NET)}) + sum(${rate('node_network_transmit_bytes_total', NET)}))`

type Named<Id extends string> = Panel & { readonly id: Id }

const pressure = <Id extends string>(
  id: Id,
  title: PlainKey,
  kinds: readonly ('waiting' | 'stalled')[],
): Named<`pressure-${Id}`> => ({
  id: `pressure-${id}`,
  title,
  unit: 'percent',
  kind: 'line',
  collector: 'pressure',
  queries: kinds.map(kind => ({
    id: kind,
    expr: `100 * ${rate(`node_pressure_${id}_${kind}_seconds_total`)}`,
    name: kind,
    nameKey: kind === 'waiting' ? 'series.pressure.some' : 'series.pressure.full',
    role: kind === 'waiting' ? 'read' : 'write',
  })),
})

const perDevice = <Id extends string>(
  id: Id,
  title: PlainKey,
  unit: Unit,
  metric: string,
  factor: string,
): Named<Id> => ({
  id,
  title,
  unit,
  kind: 'line',
  collector: 'netdev',
  rest: 'sum',
  queries: [{ id: 'device', expr: `${factor}${rate(metric, NET)}`, name: '{{device}}' }],
})

const unitBars = <Id extends string>(id: Id, title: PlainKey, unit: Unit, expr: string): Named<Id> => ({
  id,
  title,
  unit,
  kind: 'bars',
  collector: 'cgroups',
  queries: [{ id: 'unit', expr: `topk(10, ${expr})`, name: '{{unit}}' }],
})

const LIST = [
  {
    id: 'cpu-modes',
    title: 'panel.cpuModes',
    unit: 'percent',
    kind: 'stacked',
    max: 100,
    threshold: 90,
    culprit: 'cpu',
    signal: 'cpu',
    collector: 'cpu',
    order: ['user', 'system', 'nice', 'iowait', 'irq', 'softirq', 'steal'],
    queries: [
      {
        id: 'mode',
        expr: `100 * avg by (mode) (${rate('node_cpu_seconds_total', `${node},mode!="idle"`)})`,
        name: '{{mode}}',
        role: '{{mode}}',
      },
    ],
  },
  {
    id: 'load',
    title: 'panel.load',
    unit: 'cores',
    kind: 'line',
    culprit: 'cpu',
    collector: 'loadavg',
    queries: [
      { id: 'load1', expr: `node_load1{${node}}`, name: 'load1', nameKey: 'series.load1', role: 'load1' },
      { id: 'load5', expr: `node_load5{${node}}`, name: 'load5', nameKey: 'series.load5', role: 'load5' },
      {
        id: 'load15',
        expr: `node_load15{${node}}`,
        name: 'load15',
        nameKey: 'series.load15',
        role: 'load15',
      },
      {
        id: 'cores',
        expr: `count(node_cpu_seconds_total{${node},mode="idle"})`,
        name: 'cores',
        nameKey: 'series.cores',
        limit: true,
      },
    ],
  },
  {
    id: 'cpu-demand',
    title: 'panel.cpuDemand',
    unit: 'cores',
    kind: 'line',
    culprit: 'cpu',
    collector: 'cpu',
    queries: [
      {
        id: 'demand',
        expr: `sum(${rate('node_cpu_seconds_total', `${node},mode!~"idle|iowait"`)})`,
        name: 'demand',
        nameKey: 'series.demand',
        role: 'used',
      },
      {
        id: 'cores',
        expr: `count(node_cpu_seconds_total{${node},mode="idle"})`,
        name: 'cores',
        nameKey: 'series.cores',
        limit: true,
      },
    ],
  },
  {
    id: 'cpu-per-core',
    title: 'panel.cpuPerCore',
    unit: 'percent',
    kind: 'line',
    max: 100,
    culprit: 'cpu',
    collector: 'cpu',
    rest: 'omit',
    queries: [
      {
        id: 'core',
        expr: `100 * sum by (cpu) (${rate('node_cpu_seconds_total', `${node},mode!~"idle|iowait"`)})`,
        name: 'cpu{{cpu}}',
      },
    ],
  },
  {
    id: 'cpu-share',
    title: 'panel.cpuShare',
    unit: 'percent',
    kind: 'pie',
    collector: 'cpu',
    queries: [
      {
        id: 'mode',
        expr: `100 * avg by (mode) (${rate('node_cpu_seconds_total')})`,
        name: '{{mode}}',
        role: '{{mode}}',
      },
    ],
  },
  {
    id: 'scheduler',
    title: 'panel.scheduler',
    unit: 'perSecond',
    kind: 'line',
    collector: 'cpu',
    queries: [
      {
        id: 'switches',
        expr: rate('node_context_switches_total'),
        name: 'switches',
        nameKey: 'series.contextSwitches',
        role: 'read',
      },
      {
        id: 'interrupts',
        expr: rate('node_intr_total'),
        name: 'interrupts',
        nameKey: 'series.interrupts',
        role: 'write',
      },
      { id: 'forks', expr: rate('node_forks_total'), name: 'forks', nameKey: 'series.forks', role: 'nice' },
    ],
  },
  {
    id: 'run-queue',
    title: 'panel.runQueue',
    unit: 'count',
    kind: 'line',
    culprit: 'cpu',
    collector: 'cpu',
    queries: [
      {
        id: 'running',
        expr: `node_procs_running{${node}}`,
        name: 'running',
        nameKey: 'series.running',
        role: 'read',
      },
      {
        id: 'blocked',
        expr: `node_procs_blocked{${node}}`,
        name: 'blocked',
        nameKey: 'series.blocked',
        role: 'write',
      },
    ],
  },
  {
    id: 'memory',
    title: 'panel.memory',
    unit: 'bytes',
    kind: 'stacked',
    culprit: 'memory',
    signal: 'memory',
    collector: 'meminfo',
    order: ['used', 'cached', 'buffers', 'free'],
    queries: [
      {
        id: 'used',
        expr: `node_memory_MemTotal_bytes{${node}} - node_memory_MemAvailable_bytes{${node}}`,
        name: 'used',
        nameKey: 'series.used',
        role: 'used',
      },
      {
        // What of 'available' is not free: caches that the kernel would give back.
        id: 'cached',
        expr: `node_memory_MemAvailable_bytes{${node}} - node_memory_MemFree_bytes{${node}} - node_memory_Buffers_bytes{${node}}`,
        name: 'cached',
        nameKey: 'series.cached',
        role: 'cached',
      },
      {
        id: 'buffers',
        expr: `node_memory_Buffers_bytes{${node}}`,
        name: 'buffers',
        nameKey: 'series.buffers',
        role: 'buffers',
      },
      {
        id: 'free',
        expr: `node_memory_MemFree_bytes{${node}}`,
        name: 'free',
        nameKey: 'series.free',
        role: 'free',
      },
      {
        id: 'total',
        expr: `node_memory_MemTotal_bytes{${node}}`,
        name: 'total',
        nameKey: 'series.total',
        limit: true,
      },
    ],
  },
  {
    id: 'memory-used',
    title: 'panel.memoryUsed',
    unit: 'percent',
    kind: 'line',
    max: 100,
    threshold: 80,
    culprit: 'memory',
    signal: 'memory',
    collector: 'meminfo',
    queries: [{ id: 'used', expr: MEMORY_USED, name: 'used', nameKey: 'series.used', role: 'used' }],
  },
  {
    id: 'swap',
    title: 'panel.swap',
    unit: 'bytes',
    kind: 'line',
    culprit: 'memory',
    collector: 'meminfo',
    queries: [
      {
        id: 'used',
        expr: `node_memory_SwapTotal_bytes{${node}} - node_memory_SwapFree_bytes{${node}}`,
        name: 'used',
        nameKey: 'series.used',
        role: 'used',
      },
      {
        id: 'total',
        expr: `node_memory_SwapTotal_bytes{${node}}`,
        name: 'total',
        nameKey: 'series.total',
        limit: true,
      },
    ],
  },
  {
    id: 'paging',
    title: 'panel.paging',
    unit: 'perSecond',
    kind: 'line',
    culprit: 'memory',
    collector: 'vmstat',
    queries: [
      {
        id: 'major',
        expr: rate('node_vmstat_pgmajfault'),
        name: 'major',
        nameKey: 'series.majorFaults',
        role: 'iowait',
      },
      { id: 'in', expr: rate('node_vmstat_pswpin'), name: 'in', nameKey: 'series.swapIn', role: 'read' },
      { id: 'out', expr: rate('node_vmstat_pswpout'), name: 'out', nameKey: 'series.swapOut', role: 'write' },
    ],
  },
  {
    id: 'dirty',
    title: 'panel.dirty',
    unit: 'bytes',
    kind: 'line',
    culprit: 'io',
    collector: 'meminfo',
    queries: [
      {
        id: 'dirty',
        expr: `node_memory_Dirty_bytes{${node}}`,
        name: 'dirty',
        nameKey: 'series.dirty',
        role: 'write',
      },
      {
        id: 'writeback',
        expr: `node_memory_Writeback_bytes{${node}}`,
        name: 'writeback',
        nameKey: 'series.writeback',
        role: 'read',
      },
    ],
  },
  {
    id: 'disk-throughput',
    title: 'panel.diskThroughput',
    unit: 'bytesPerSecond',
    kind: 'line',
    culprit: 'io',
    signal: 'disk',
    collector: 'diskstats',
    rest: 'sum',
    queries: [
      {
        id: 'read',
        expr: rate('node_disk_read_bytes_total', DISK),
        name: '{{device}}',
        nameKey: 'series.read',
      },
      {
        id: 'write',
        expr: rate('node_disk_written_bytes_total', DISK),
        name: '{{device}}',
        nameKey: 'series.write',
      },
    ],
  },
  {
    id: 'disk-latency',
    title: 'panel.diskLatency',
    unit: 'seconds',
    kind: 'line',
    culprit: 'io',
    collector: 'diskstats',
    rest: 'omit',
    queries: [
      {
        id: 'read',
        expr: `${rate('node_disk_read_time_seconds_total', DISK)} / ${rate('node_disk_reads_completed_total', DISK)}`,
        name: '{{device}}',
        nameKey: 'series.read',
      },
      {
        id: 'write',
        expr: `${rate('node_disk_write_time_seconds_total', DISK)} / ${rate('node_disk_writes_completed_total', DISK)}`,
        name: '{{device}}',
        nameKey: 'series.write',
      },
    ],
  },
  {
    id: 'disk-iops',
    title: 'panel.diskIops',
    unit: 'perSecond',
    kind: 'line',
    culprit: 'io',
    collector: 'diskstats',
    rest: 'sum',
    queries: [
      {
        id: 'read',
        expr: rate('node_disk_reads_completed_total', DISK),
        name: '{{device}}',
        nameKey: 'series.read',
      },
      {
        id: 'write',
        expr: rate('node_disk_writes_completed_total', DISK),
        name: '{{device}}',
        nameKey: 'series.write',
      },
    ],
  },
  {
    id: 'disk-busy',
    title: 'panel.diskBusy',
    unit: 'percent',
    kind: 'line',
    max: 100,
    culprit: 'io',
    collector: 'diskstats',
    rest: 'omit',
    queries: [
      { id: 'busy', expr: `100 * ${rate('node_disk_io_time_seconds_total', DISK)}`, name: '{{device}}' },
    ],
  },
  {
    id: 'mounts',
    title: 'panel.mounts',
    unit: 'percent',
    kind: 'bars',
    max: 100,
    threshold: 90,
    collector: 'filesystem',
    queries: [{ id: 'mount', expr: MOUNT_USED, name: '{{mountpoint}}' }],
  },
  {
    id: 'inodes',
    title: 'panel.inodes',
    unit: 'percent',
    kind: 'bars',
    max: 100,
    threshold: 90,
    collector: 'filesystem',
    queries: [
      {
        id: 'mount',
        expr: `100 * max by (mountpoint) (1 - node_filesystem_files_free{${MOUNT}} / node_filesystem_files{${MOUNT}})`,
        name: '{{mountpoint}}',
      },
    ],
  },
  {
    id: 'network-sum',
    title: 'panel.networkSum',
    unit: 'bitsPerSecond',
    kind: 'line',
    signal: 'network',
    collector: 'netdev',
    queries: [
      {
        id: 'receive',
        expr: `8 * sum(${rate('node_network_receive_bytes_total', NET)})`,
        name: 'receive',
        nameKey: 'series.receive',
        role: 'receive',
      },
      {
        id: 'transmit',
        expr: `8 * sum(${rate('node_network_transmit_bytes_total', NET)})`,
        name: 'transmit',
        nameKey: 'series.transmit',
        role: 'transmit',
      },
    ],
  },
  // Space of each mount in parts: what is used, what anybody may use, what only root may.
  {
    id: 'mount-space',
    title: 'panel.mountSpace',
    unit: 'bytes',
    kind: 'mounts',
    collector: 'filesystem',
    rest: 'omit',
    order: ['used', 'available', 'reserved'],
    queries: [
      {
        id: 'used',
        expr: `max by (mountpoint) (node_filesystem_size_bytes{${MOUNT}} - node_filesystem_free_bytes{${MOUNT}})`,
        name: '{{mountpoint}}',
        role: 'used',
      },
      {
        id: 'available',
        expr: `max by (mountpoint) (node_filesystem_avail_bytes{${MOUNT}})`,
        name: '{{mountpoint}}',
        role: 'available',
      },
      {
        id: 'reserved',
        expr: `max by (mountpoint) (node_filesystem_free_bytes{${MOUNT}} - node_filesystem_avail_bytes{${MOUNT}})`,
        name: '{{mountpoint}}',
        role: 'reserved',
      },
    ],
  },
  perDevice(
    'network-receive',
    'panel.networkReceive',
    'bitsPerSecond',
    'node_network_receive_bytes_total',
    '8 * ',
  ),
  perDevice(
    'network-transmit',
    'panel.networkTransmit',
    'bitsPerSecond',
    'node_network_transmit_bytes_total',
    '8 * ',
  ),
  {
    id: 'network-share',
    title: 'panel.networkShare',
    unit: 'bitsPerSecond',
    kind: 'pie',
    collector: 'netdev',
    queries: [
      {
        id: 'device',
        expr: `8 * (${rate('node_network_receive_bytes_total', NET)} + ${rate('node_network_transmit_bytes_total', NET)})`,
        name: '{{device}}',
      },
    ],
  },
  {
    id: 'network-packets',
    title: 'panel.networkPackets',
    unit: 'perSecond',
    kind: 'line',
    collector: 'netdev',
    queries: [
      {
        id: 'receive',
        expr: `sum(${rate('node_network_receive_packets_total', NET)})`,
        name: 'receive',
        nameKey: 'series.receive',
        role: 'receive',
      },
      {
        id: 'transmit',
        expr: `sum(${rate('node_network_transmit_packets_total', NET)})`,
        name: 'transmit',
        nameKey: 'series.transmit',
        role: 'transmit',
      },
    ],
  },
  {
    id: 'network-errors',
    title: 'panel.networkErrors',
    unit: 'perSecond',
    kind: 'line',
    collector: 'netdev',
    queries: [
      {
        id: 'errors',
        expr: `sum(${rate('node_network_receive_errs_total', NET)}) + sum(${rate('node_network_transmit_errs_total', NET)})`,
        name: 'errors',
        nameKey: 'series.errors',
        role: 'iowait',
      },
      {
        id: 'drops',
        expr: `sum(${rate('node_network_receive_drop_total', NET)}) + sum(${rate('node_network_transmit_drop_total', NET)})`,
        name: 'drops',
        nameKey: 'series.drops',
        role: 'system',
      },
      {
        id: 'retransmits',
        expr: rate('node_netstat_Tcp_RetransSegs'),
        name: 'retransmits',
        nameKey: 'series.retransmits',
        role: 'softirq',
      },
    ],
  },
  {
    id: 'tcp',
    title: 'panel.tcp',
    unit: 'count',
    kind: 'line',
    collector: 'netstat',
    queries: [
      {
        id: 'established',
        expr: `node_netstat_Tcp_CurrEstab{${node}}`,
        name: 'established',
        nameKey: 'series.established',
        role: 'read',
      },
      {
        id: 'timewait',
        expr: `node_sockstat_TCP_tw{${node}}`,
        name: 'timewait',
        nameKey: 'series.timeWait',
        role: 'write',
      },
    ],
  },
  pressure('cpu', 'panel.pressureCpu', ['waiting']),
  pressure('io', 'panel.pressureIo', ['waiting', 'stalled']),
  pressure('memory', 'panel.pressureMemory', ['waiting', 'stalled']),
  {
    id: 'pressure',
    title: 'panel.pressure',
    unit: 'percent',
    kind: 'line',
    collector: 'pressure',
    queries: [
      {
        id: 'cpu',
        expr: `100 * ${rate('node_pressure_cpu_waiting_seconds_total')}`,
        name: 'cpu',
        nameKey: 'series.cpu',
        role: 'user',
      },
      {
        id: 'io',
        expr: `100 * ${rate('node_pressure_io_waiting_seconds_total')}`,
        name: 'io',
        nameKey: 'series.io',
        role: 'iowait',
      },
      {
        id: 'memory',
        expr: `100 * ${rate('node_pressure_memory_waiting_seconds_total')}`,
        name: 'memory',
        nameKey: 'series.memory',
        role: 'cached',
      },
    ],
  },
  unitBars('units-cpu', 'panel.unitsCpu', 'cores', rate('evenkeel_unit_cpu_seconds_total')),
  unitBars('units-memory', 'panel.unitsMemory', 'bytes', `evenkeel_unit_memory_bytes{${node}}`),
  unitBars(
    'units-io',
    'panel.unitsIo',
    'bytesPerSecond',
    `${rate('evenkeel_unit_io_read_bytes_total')} + ${rate('evenkeel_unit_io_written_bytes_total')}`,
  ),
  {
    id: 'processes-cpu',
    title: 'panel.processesCpu',
    unit: 'cores',
    kind: 'line',
    culprit: 'cpu',
    collector: 'topprocesses',
    rest: 'omit',
    queries: [
      {
        id: 'comm',
        expr: `topk(8, sum by (comm) (${rate('evenkeel_process_cpu_seconds_total')}))`,
        name: '{{comm}}',
      },
    ],
  },
] as const satisfies readonly Panel[]

/** The golden signals at the head of a server's pages and on its card. */
export const SIGNALS: Panel = {
  id: 'signals',
  title: 'tab.overview',
  unit: 'percent',
  kind: 'line',
  collector: 'cpu',
  rest: 'omit',
  queries: [
    { id: 'cpu', expr: CPU_BUSY, name: 'cpu' },
    { id: 'memory', expr: MEMORY_USED, name: 'memory' },
    { id: 'disk', expr: MOUNT_USED, name: '{{mountpoint}}' },
    { id: 'network', expr: NET_SUM, name: 'network' },
  ],
}

export type PanelId = (typeof LIST)[number]['id']

export const PANELS: readonly Panel[] = LIST

const byId = new Map(PANELS.map(panel => [panel.id, panel]))

export function panel(id: PanelId): Panel {
  const found = byId.get(id)
  if (found === undefined) throw new Error(`panels.ts has no panel '${id}'`)
  return found
}

export const isPanelId = (id: string): id is PanelId => byId.has(id)
