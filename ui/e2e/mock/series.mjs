// A plausible machine as a function of time: the same moment always gives the same values, so that screenshots
// and tests are repeatable. `evaluate` answers the expressions of src/charts/panels.ts by the metrics they name.

const GIB = 1024 ** 3
const CORES = 4
const MEMORY = 15.6 * GIB

/** Even noise between -1 and 1, smooth over `period` ms. */
function noise(seed, t, period) {
  const at = t / period
  const left = Math.floor(at)
  const mix = at - left
  const ease = mix * mix * (3 - 2 * mix)
  return lattice(seed, left) * (1 - ease) + lattice(seed, left + 1) * ease
}

function lattice(seed, n) {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(n | 0, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f)
  h ^= h >>> 13
  return ((h >>> 0) / 0xffffffff) * 2 - 1
}

const wave = (t, hours, phase = 0) => Math.sin((2 * Math.PI * t) / (hours * 3_600_000) + phase)
const positive = value => Math.max(0, value)

/** A burst of work for 40 s in every 7 minutes: something to find the culprit of. */
export function burst(t) {
  const at = t % 420_000
  return at > 300_000 && at < 340_000 ? Math.sin((Math.PI * (at - 300_000)) / 40_000) : 0
}

const MODES = {
  user: t => positive(11 + 3 * wave(t, 6) + 4 * noise(1, t, 9000) + 2 * noise(2, t, 1500) + 58 * burst(t)),
  system: t => positive(4 + 1.5 * noise(3, t, 7000) + 0.6 * noise(4, t, 1200) + 9 * burst(t)),
  nice: t => positive(0.4 * noise(5, t, 20_000)),
  iowait: t => positive(1.2 + 1.5 * noise(6, t, 12_000) + 3 * burst(t)),
  irq: () => 0,
  softirq: t => positive(0.5 + 0.3 * noise(7, t, 5000)),
  steal: t => positive(0.2 * noise(8, t, 30_000)),
}

const busy = t =>
  Object.entries(MODES).reduce((sum, [mode, of]) => (mode === 'iowait' ? sum : sum + of(t)), 0)
const used = t => GIB * (6.1 + 0.5 * wave(t, 12) + 0.12 * noise(20, t, 60_000) + 0.9 * burst(t))
const free = t => GIB * (1.9 + 0.2 * noise(21, t, 90_000))
const buffers = () => 0.42 * GIB

const MOUNTS = [
  ['/', 62.4, 50],
  ['/var', 91.3, 200],
  ['/home', 38.0, 400],
  ['/boot', 21.7, 1],
]
const DEVICES = ['nvme0n1', 'sda']
const INTERFACES = [
  ['eth0', 1],
  ['wlan0', 0.08],
  ['docker0', 0.3],
]
const UNITS = [
  'postgresql.service',
  'nginx.service',
  'docker.service',
  'evenkeel.service',
  'user-1000.slice',
  'cron.service',
  'systemd-journald.service',
  'ssh.service',
]

const one = value => [{ labels: {}, value }]
const receive = (t, share, i) =>
  1e6 * share * positive(2.2 + 1.2 * noise(40 + i, t, 8000) + 0.5 * noise(50 + i, t, 1500))
const send = (t, share, i) => 1e6 * share * positive(0.9 + 0.5 * noise(60 + i, t, 6000) + 1.5 * burst(t))
const read = (t, i) =>
  1e6 * positive((i === 0 ? 3 : 0.6) + 2 * noise(70 + i, t, 5000) + 30 * burst(t) * (i === 0 ? 1 : 0.2))
const write = (t, i) => 1e6 * positive((i === 0 ? 5 : 1.4) + 3 * noise(80 + i, t, 4000) + 14 * burst(t))
const perDevice = of => DEVICES.map((device, i) => ({ labels: { device }, value: of(i) }))
const perInterface = of =>
  INTERFACES.map(([device, share], i) => ({ labels: { device }, value: of(share, i) }))
const perMount = of =>
  MOUNTS.map(([mountpoint, full, size], i) => ({ labels: { mountpoint }, value: of(full, size * GIB, i) }))
const perUnit = of => UNITS.map((unit, i) => ({ labels: { unit }, value: of(i) }))
const BACKENDS = ['web-1', 'web-2', 'web-3', 'web-4']
const perBackend = of => BACKENDS.map((backend, i) => ({ labels: { backend }, value: of(i) }))
const sum = series => one(series.reduce((total, { value }) => total + value, 0))

/** The first rule whose words all occur in the expression answers it. */
const RULES = [
  [
    ['by (mode)', 'mode!="idle"'],
    t => Object.entries(MODES).map(([mode, of]) => ({ labels: { mode }, value: of(t) })),
  ],
  [
    ['by (mode)'],
    t => [
      ...Object.entries(MODES).map(([mode, of]) => ({ labels: { mode }, value: of(t) })),
      { labels: { mode: 'idle' }, value: 100 - busy(t) },
    ],
  ],
  [
    ['by (cpu)'],
    t =>
      Array.from({ length: CORES }, (_, cpu) => ({
        labels: { cpu: `${cpu}` },
        value: Math.min(100, positive(busy(t) + 9 * noise(10 + cpu, t, 3000))),
      })),
  ],
  [['count(node_cpu'], () => one(CORES)],
  [['100 * sum(rate(node_cpu'], t => one(busy(t))],
  [['sum(rate(node_cpu'], t => one((busy(t) * CORES) / 100)],
  [['node_load1{'], t => one(positive(0.8 + 0.3 * noise(11, t, 60_000) + 2.2 * burst(t - 15_000)))],
  [['node_load5{'], t => one(positive(0.85 + 0.2 * noise(12, t, 300_000)))],
  [['node_load15{'], t => one(positive(0.9 + 0.1 * noise(13, t, 900_000)))],
  [['context_switches'], t => one(8200 + 1800 * noise(14, t, 4000) + 9000 * burst(t))],
  [['node_intr'], t => one(5100 + 900 * noise(15, t, 4000))],
  [['node_forks'], t => one(positive(14 + 12 * noise(16, t, 8000)))],
  [['procs_running'], t => one(Math.round(positive(2 + 1.4 * noise(17, t, 2000) + 6 * burst(t))))],
  [['procs_blocked'], t => one(Math.round(positive(0.8 * noise(18, t, 3000))))],
  [['100 * (node_memory_MemTotal'], t => one((100 * used(t)) / MEMORY)],
  [['MemTotal_bytes', 'MemAvailable'], t => one(used(t))],
  [['MemAvailable', 'Buffers'], t => one(MEMORY - used(t) - free(t) - buffers())],
  [['MemTotal'], () => one(MEMORY)],
  [['MemFree'], t => one(free(t))],
  [['Buffers'], () => one(buffers())],
  [['SwapTotal', 'SwapFree'], t => one(GIB * (0.31 + 0.01 * noise(22, t, 60_000)))],
  [['SwapTotal'], () => one(2 * GIB)],
  [['pgmajfault'], t => one(positive(3 * noise(23, t, 5000)))],
  [['pswpin'], t => one(positive(2 * noise(24, t, 9000)))],
  [['pswpout'], t => one(positive(noise(25, t, 9000)))],
  [['Dirty'], t => one(1e6 * positive(24 + 18 * noise(26, t, 15_000) + 60 * burst(t)))],
  [['Writeback'], t => one(1e6 * positive(1.5 * noise(27, t, 4000)))],
  [
    ['node_disk_read_time', 'reads_completed'],
    t => perDevice(i => 1e-4 * positive((i === 0 ? 2 : 60) + 3 * noise(30 + i, t, 6000) + 20 * burst(t))),
  ],
  [
    ['node_disk_write_time', 'writes_completed'],
    t => perDevice(i => 1e-4 * positive((i === 0 ? 4 : 90) + 4 * noise(32 + i, t, 6000) + 40 * burst(t))),
  ],
  [['node_disk_read_bytes'], t => perDevice(i => read(t, i))],
  [['node_disk_written_bytes'], t => perDevice(i => write(t, i))],
  [['reads_completed'], t => perDevice(i => read(t, i) / 24_000)],
  [['writes_completed'], t => perDevice(i => write(t, i) / 18_000)],
  [['io_time_seconds'], t => perDevice(i => Math.min(100, 5 + read(t, i) / 4e5))],
  [['node_filesystem_files'], () => perMount(full => full / 6)],
  [
    ['1 - node_filesystem_avail'],
    (t, from) => perMount((full, _, i) => full + (i === 1 ? (t - from) / 4e7 : 0)),
  ],
  [['size_bytes', 'free_bytes'], () => perMount((full, size) => (size * full) / 100)],
  [['free_bytes', 'avail_bytes'], () => perMount((_, size) => size * 0.05)],
  [['avail_bytes'], () => perMount((full, size) => size * (0.95 - full / 100))],
  [['receive_errs', 'transmit_errs'], () => one(0)],
  [['receive_drop', 'transmit_drop'], t => one(positive(0.4 * noise(90, t, 20_000)))],
  [['RetransSegs'], t => one(positive(1.2 * noise(91, t, 7000)))],
  [
    ['sum(rate(node_network_receive_bytes', 'sum(rate(node_network_transmit_bytes'],
    t =>
      one(
        8 *
          [...perInterface((share, i) => receive(t, share, i) + send(t, share, i))].reduce(
            (total, { value }) => total + value,
            0,
          ),
      ),
  ],
  [['sum(rate(node_network_receive_bytes'], t => sum(perInterface((share, i) => 8 * receive(t, share, i)))],
  [['sum(rate(node_network_transmit_bytes'], t => sum(perInterface((share, i) => 8 * send(t, share, i)))],
  [
    ['receive_bytes', 'transmit_bytes'],
    t => perInterface((share, i) => 8 * (receive(t, share, i) + send(t, share, i))),
  ],
  [['receive_bytes'], t => perInterface((share, i) => 8 * receive(t, share, i))],
  [['transmit_bytes'], t => perInterface((share, i) => 8 * send(t, share, i))],
  [['receive_packets'], t => sum(perInterface((share, i) => receive(t, share, i) / 900))],
  [['transmit_packets'], t => sum(perInterface((share, i) => send(t, share, i) / 700))],
  [['CurrEstab'], t => one(Math.round(46 + 8 * noise(92, t, 9000)))],
  [['TCP_tw'], t => one(Math.round(positive(18 + 9 * noise(93, t, 9000))))],
  [['pressure_cpu'], t => one(positive(1.2 + noise(94, t, 5000) + 22 * burst(t)))],
  [['pressure_io', 'stalled'], t => one(positive(0.3 + 0.4 * noise(95, t, 5000) + 2 * burst(t)))],
  [['pressure_io'], t => one(positive(0.9 + 0.8 * noise(96, t, 5000) + 6 * burst(t)))],
  [['pressure_memory'], () => one(0)],
  [
    ['evenkeel_unit_cpu'],
    t =>
      perUnit(i =>
        positive(0.42 / (i + 1) + 0.05 * noise(100 + i, t, 5000) + (i === 2 ? 2.2 * burst(t) : 0)),
      ),
  ],
  [['evenkeel_unit_memory'], t => perUnit(i => GIB * (2.4 / (i + 1) + 0.02 * noise(110 + i, t, 60_000)))],
  [['evenkeel_unit_io'], t => perUnit(i => 1e6 * positive(3 / (i + 1) + noise(120 + i, t, 6000)))],
  [
    ['evenkeel_process_cpu'],
    t =>
      processesAt(t)
        .slice(0, 8)
        .map(({ comm, cpuCores }) => ({ labels: { comm }, value: cpuCores })),
  ],
  [
    ['100 * sum by (backend)', '5xx'],
    t =>
      perBackend(i => positive((i === 1 ? 1.4 : 0.05) + (i === 1 ? 0.9 : 0.05) * noise(140 + i, t, 15_000))),
  ],
  [
    ['evenkeel_gateway_requests_total'],
    t => perBackend(i => positive((i === 1 ? 95 : 310) + 30 * noise(130 + i, t, 9000))),
  ],
  [
    ['histogram_quantile(0.99'],
    t => perBackend(i => (i === 1 ? 0.4 : 0.03) * (1 + 0.3 * noise(150 + i, t, 9000))),
  ],
  [
    ['histogram_quantile(0.5'],
    t => perBackend(i => (i === 1 ? 0.08 : 0.004) * (1 + 0.2 * noise(160 + i, t, 9000))),
  ],
  [
    ['backend_requests_in_flight'],
    t => perBackend(i => Math.round(positive(4 + 3 * noise(170 + i, t, 9000)))),
  ],
  [['evenkeel_gateway_backend_weight'], () => perBackend(i => (i === 1 ? 0.32 : 1))],
  // What somebody explores by hand.
  [['node_load1'], t => one(positive(0.8 + 0.3 * noise(11, t, 60_000) + 2.2 * burst(t - 15_000)))],
  [
    ['node_cpu_seconds_total'],
    t => Object.entries(MODES).map(([mode, of]) => ({ labels: { mode, cpu: '0' }, value: of(t) })),
  ],
  [['MemAvailable'], t => one(MEMORY - used(t))],
]

/** Values of an expression at `t`; null when no rule knows it. */
export function evaluate(expr, t, from = t) {
  const rule = RULES.find(([words]) => words.every(word => expr.includes(word)))
  return rule === undefined ? null : rule[1](t, from)
}

const PROCESSES = [
  ['postgres', 'postgres', 'postgresql.service', 0.32, 1.9],
  ['node', 'app', 'docker.service', 0.21, 0.74],
  ['java', 'evenkeel', 'evenkeel.service', 0.06, 0.19],
  ['nginx', 'www-data', 'nginx.service', 0.05, 0.06],
  ['dockerd', 'root', 'docker.service', 0.03, 0.11],
  ['chrome', 'ann', 'user-1000.slice', 0.18, 1.2],
  ['gnome-shell', 'ann', 'user-1000.slice', 0.04, 0.42],
  ['systemd-journal', 'root', 'systemd-journald.service', 0.01, 0.05],
  ['sshd', 'root', 'ssh.service', 0.002, 0.01],
  ['bash', 'ann', 'user-1000.slice', 0.001, 0.006],
  ['cron', 'root', 'cron.service', 0, 0.003],
  ['kworker/u8:2', 'root', null, 0.004, null],
]

/** The processes of a moment; during a burst a compiler is on top. */
export function processesAt(t) {
  const b = burst(t)
  const rows = PROCESSES.map(([comm, user, unit, cpu, memory], i) => ({
    pid: 812 + i * 137,
    comm,
    user,
    unit,
    state: i === 0 ? 'R' : i === 11 ? 'I' : 'S',
    cpuCores: positive(cpu * (1 + 0.3 * noise(200 + i, t, 5000))),
    residentBytes: memory === null ? 0 : memory * GIB,
    readBytesPerSecond: i > 8 ? null : positive(2e5 * noise(220 + i, t, 6000)),
    writtenBytesPerSecond: i > 8 ? null : positive(4e5 * noise(240 + i, t, 6000)),
    threads: 1 + ((i * 7) % 31),
    openFds: i > 8 ? null : 12 + i * 9,
  }))
  if (b > 0.02) {
    rows.push({
      pid: 48_211,
      comm: 'cc1plus',
      user: 'app',
      unit: 'docker.service',
      state: 'R',
      cpuCores: 2.6 * b,
      residentBytes: 0.9 * GIB * b,
      readBytesPerSecond: 3e7 * b,
      writtenBytesPerSecond: 1e7 * b,
      threads: 4,
      openFds: 31,
    })
  }
  return rows.sort((x, y) => y.cpuCores - x.cpuCores)
}

export const MACHINE = { cores: CORES, memoryBytes: MEMORY }
