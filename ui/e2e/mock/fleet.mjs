/** The fleet of the fixture hub: how its servers are, filtered and sorted as a hub does. */

const ORDER = ['down', 'critical', 'warning', 'maintenance', 'ok']

const said = i => ({
  group: i === 0 ? '' : i % 2 === 0 ? 'db' : 'web',
  owner: i % 3 === 1 ? 'ann' : '',
  tags: i % 4 === 1 ? ['eu', 'prod'] : [],
})

function fleetHost(host, i) {
  const status =
    host.status === 'silent'
      ? 'down'
      : host.status === 'late'
        ? 'warning'
        : i === 2
          ? 'critical'
          : i === 7
            ? 'maintenance'
            : 'ok'
  return {
    host: {
      ...host,
      signals: {
        cpu: i === 2 ? 0.97 : 0.08 + (i % 7) / 20,
        memory: 0.4 + (i % 5) / 20,
        disk: 0.3 + (i % 6) / 10,
        mount: '/var',
        networkBytesPerSecond: 1e5 * (1 + i),
      },
    },
    attributes: said(i),
    status,
    worst:
      status === 'critical'
        ? {
            rule: 'HostCpuSaturated',
            severity: 'critical',
            summary: `${host.name} has no CPU time left`,
            summaryZh: `${host.name} 的 CPU 已耗尽`,
            since: host.lastSampleAt - 600_000,
          }
        : null,
    alerts: status === 'critical' ? 2 : 0,
    simulated: false,
    enrolled: i !== 3,
    outdated: i === 4,
  }
}

const count = names => {
  const counts = {}
  for (const name of names) if (name !== '') counts[name] = (counts[name] ?? 0) + 1
  return counts
}

export function fleetPage(hosts, query) {
  const all = hosts.map(fleetHost)
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/)
  const found = all
    .filter(
      ({ host, attributes }) =>
        words.every(word => `${host.name} ${JSON.stringify(attributes)}`.toLowerCase().includes(word)) &&
        (query.get('group') ?? attributes.group) === attributes.group,
    )
    .filter(one => query.get('agent') === null || one.outdated)
  const statuses = Object.fromEntries(
    ORDER.map(status => [status, found.filter(one => one.status === status).length]),
  )
  const wanted = query.get('status')?.split(',') ?? ORDER
  const shown = found
    .filter(({ status }) => wanted.includes(status))
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
  const limit = Number(query.get('limit') ?? 60)
  const from = (Number(query.get('page') ?? 1) - 1) * limit
  return {
    total: all.length,
    matched: shown.length,
    statuses,
    groups: count(all.map(({ attributes }) => attributes.group)),
    tags: count(all.flatMap(({ attributes }) => attributes.tags)),
    owners: count(all.map(({ attributes }) => attributes.owner)),
    outdated: all.filter(one => one.outdated).length,
    version: '0.1.0',
    retired: 1,
    cores: shown.length * 4,
    memoryBytes: shown.length * 8e9,
    usedCores: shown.length * 0.7,
    usedMemoryBytes: shown.length * 4e9,
    hosts: shown.slice(from, from + limit),
  }
}

export const fleetStrips = names =>
  Object.fromEntries(
    names.map((name, i) => [
      name,
      Array.from({ length: 48 }, (_, slot) =>
        slot < 4 ? '.' : i === 0 && slot > 44 ? 'd' : (slot + 7 * i) % 23 === 0 ? 'w' : 'o',
      ).join(''),
    ]),
  )

/** How servers are measured: what was set for one or for a group is kept, as a hub does. */
export function collectionRoutes({ ok, found }) {
  const inherited = { periodSeconds: null, switchedOff: null }
  const hosts = new Map()
  const groups = new Map()
  const held = id => {
    const groupName = 'web'
    const host = hosts.get(id) ?? inherited
    const group = groups.get(groupName) ?? inherited
    const from = field => (host[field] !== null ? 'host' : group[field] !== null ? 'group' : null)
    return {
      host,
      group,
      groupName,
      periodSeconds: host.periodSeconds ?? group.periodSeconds ?? 1,
      periodFrom: from('periodSeconds'),
      switchedOff: host.switchedOff ?? group.switchedOff ?? [],
      switchedOffFrom: from('switchedOff'),
    }
  }
  return [
    ['GET', /^\/hosts\/([^/]+)\/collection$/, ([id]) => found(id, () => held(id))],
    [
      'PUT',
      /^\/hosts\/([^/]+)\/collection$/,
      ([id], body) => {
        hosts.set(id, body)
        return ok(held(id))
      },
    ],
    [
      'PUT',
      /^\/groups\/([^/]+)\/collection$/,
      ([group], body) => {
        groups.set(group, body)
        return ok(body)
      },
    ],
  ]
}
