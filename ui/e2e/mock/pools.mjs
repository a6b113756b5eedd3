// The load balancer's part of the contract: one pool whose second server is overloaded and whose third is drained.
const gateway = (name, more) => ({
  name,
  state: 'steered',
  address: '10.0.0.5',
  version: '0.1.0',
  problems: [],
  listeners: {},
  pools: ['shop'],
  requests: 48_210,
  inFlight: 3,
  connections: 118,
  lastAt: Date.now(),
  ...more,
})
const PROBLEM = "the pools, line 5: 'policy' is 'best', which is not one of least-requests, round-robin"

export function poolRoutes({ ok, error, clock }) {
  const backend = (name, i, more = {}) => ({
    name,
    address: `10.0.0.1${i}:8080`,
    host: name,
    weight: 1,
    setWeight: 1,
    configuredWeight: 1,
    draining: false,
    up: true,
    circuit: 'closed',
    lastFailure: '',
    inFlight: 3 + i,
    requests: 61_200 - 9000 * i,
    errors: 4 * i,
    retries: i,
    bytesIn: 0,
    bytesOut: 8_123_456,
    share: 0,
    expectedShare: null,
    p50: 0.0042,
    p99: 0.031 + 0.02 * i,
    ...more,
  })
  const backends = [
    backend('web-1', 0),
    backend('web-2', 1, { setWeight: 0.32, weight: 0.32, requests: 19_400, errors: 37, p99: 0.412 }),
    backend('web-3', 2, { draining: true, inFlight: 0 }),
    backend('web-4', 3, { up: false, inFlight: 0, lastFailure: 'connection refused', requests: 5200 }),
  ]
  const change = (ago, name, from, to, reason, utilisation = null, average = null) => ({
    backend: name,
    from,
    to,
    reason,
    utilisation,
    average,
    at: clock() - ago,
  })
  const changes = [
    change(12_000, 'web-2', 0.38, 0.32, 'overloaded', 0.91, 0.54),
    change(22_000, 'web-2', 0.44, 0.38, 'overloaded', 0.93, 0.55),
    change(31_000, 'web-1', 0.94, 1, 'below_average', 0.41, 0.55),
    change(900_000, 'web-3', 2, 1, 'set_by_hand'),
    change(5_400_000, 'web-4', 0.85, 1, 'stale_data'),
  ]
  let text =
    'listeners:\n- {name: web, address: "0.0.0.0:8080"}\nroutes:\n- {pool: shop}\npools:\n- name: shop\n'
  const pool = () => {
    const all = backends.reduce((sum, one) => sum + one.requests, 0)
    const weights = backends.reduce((sum, one) => sum + (one.draining || !one.up ? 0 : one.setWeight), 0)
    return {
      name: 'shop',
      engine: '',
      policy: 'weighted-round-robin',
      followHealth: true,
      panicking: false,
      waiting: 0,
      shed: 0,
      backends: backends.map(one => ({
        ...one,
        share: one.requests / all,
        expectedShare: one.draining || !one.up ? null : one.setWeight / weights,
      })),
    }
  }
  const changed = (name, change) => {
    const found = backends.find(one => one.name === name)
    if (found === undefined) return error(404, 'not_found', `There is no backend '${name}' in a pool 'shop'.`)
    change(found)
    return ok(pool())
  }
  return [
    [
      'GET',
      /^\/pools$/,
      () =>
        ok({
          origin: 'settings',
          problems: [],
          listeners: { web: '0.0.0.0:8080' },
          engines: [
            { name: 'edge-1', version: '2.6.12', isReached: true, problems: [] },
            {
              name: 'edge-2',
              version: '2.6.12',
              isReached: false,
              problems: ['HAProxy edge-2 at /run/haproxy/admin.sock: Connection refused'],
            },
          ],
          pools: [pool(), { ...pool(), name: 'edge-1:shop', engine: 'edge-1', policy: 'roundrobin' }],
        }),
    ],
    [
      'GET',
      /^\/gateways$/,
      () =>
        ok({
          gateways: [
            gateway('gw-1', { listeners: { web: '10.0.0.5:80', tls: '10.0.0.5:443' } }),
            gateway('gw-2', {
              state: 'refusing',
              problems: [
                "the hub's configuration, line 3: 'chain' is '/etc/tls/web.pem', which is not a PEM file that can be read",
              ],
            }),
          ],
        }),
    ],
    ['GET', /^\/pools\/shop\/weight-changes$/, () => ok({ changes })],
    [
      'PUT',
      /^\/pools\/shop\/backends\/([^/]+)\/drain$/,
      ([name], { draining }) =>
        changed(name, one => {
          one.draining = draining
        }),
    ],
    [
      'PUT',
      /^\/pools\/shop\/backends\/([^/]+)\/weight$/,
      ([name], { weight }) =>
        changed(name, one => {
          changes.unshift(change(0, name, one.setWeight, weight, 'set_by_hand'))
          one.setWeight = weight
          one.weight = weight
          one.configuredWeight = weight
        }),
    ],
    ['GET', /^\/gateway$/, () => ok({ origin: 'settings', text, file: '', problems: [] })],
    [
      'PUT',
      /^\/gateway$/,
      (_, body) => {
        if (body.text.includes('best')) return error(400, 'bad_request', PROBLEM, 'text')
        text = body.text
        return ok({ origin: 'settings', text, file: '', problems: [] })
      },
    ],
  ]
}
