// The part of the contract about servers that enrol: where they come in, one line, who came in and how they report.
const FINGERPRINT = '9f2c1e0b7a6d5c4b3a29181706f5e4d3c2b1a0998877665544332211ffeeddcc'
const PIN = 'sha256//3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='

export function serverRoutes({ clock, ok, done, error }) {
  const link = (state, more) => ({
    state,
    address: '192.0.2.21',
    lastAt: state === 'waiting' ? null : clock() - 800,
    version: state === 'waiting' ? null : '0.1.0',
    clockOffsetMillis: 3,
    droppedRequests: 0,
    refusedSamples: 0,
    refusal: '',
    outage: null,
    cloneAddress: null,
    cloneAt: null,
    ...more,
  })
  const server = (id, name, state, more = {}, linkMore = {}) => ({
    id,
    name,
    token: `t-${id}`,
    enrolledAt: clock() - 86_400_000,
    certificateExpiresAt: clock() + 20 * 86_400_000,
    retiredAt: null,
    link: link(state, linkMore),
    ...more,
  })
  let door = {
    listen: '0.0.0.0:9596',
    port: 9596,
    names: ['monitor.example.org', '192.0.2.10'],
    fingerprint: FINGERPRINT,
    runtime: 'linux-x86_64',
  }
  let agents = [
    server('a1', 'web-1', 'connected'),
    server('a2', 'web-2', 'unreachable', {}, { version: '0.0.9', cloneAddress: '192.0.2.99' }),
    server('a3', 'db-1', 'waiting', { token: 'pasted' }),
    server('a4', 'old-1', 'stopped', { retiredAt: clock() - 3_600_000 }),
  ]
  return [
    ['GET', /^\/enrolment$/, () => ok(door)],
    [
      'PUT',
      /^\/enrolment\/listen$/,
      (_, { listen }) => {
        door = { ...door, listen }
        return ok(door)
      },
    ],
    [
      'POST',
      /^\/enrolment\/tokens$/,
      (_, { host }) =>
        ok({
          id: 'pasted',
          token: 'evk-mock',
          expiresAt: clock() + 900_000,
          line: `curl -fsSk --pinnedpubkey '${PIN}' https://${host}:9596/install | sudo sh -s -- https://${host}:9596 '${PIN}' evk-mock`,
        }),
    ],
    ['POST', /^\/enrolment\/archive$/, () => ok()],
    [
      'GET',
      /^\/agents$/,
      (_, __, query) => {
        const words = (query.get('q') ?? '').toLowerCase()
        const found = agents
          .filter(one => one.name.toLowerCase().includes(words))
          .filter(one => (query.get('token') ?? one.token) === one.token)
          .sort((a, b) => Number(a.retiredAt !== null) - Number(b.retiredAt !== null))
        return ok({ total: agents.length, matched: found.length, agents: found })
      },
    ],
    [
      'POST',
      /^\/agents\/([^/]+)\/retire$/,
      ([id]) =>
        agents.some(one => one.id === id)
          ? done(() => {
              agents = agents.map(one => (one.id === id ? { ...one, retiredAt: clock() } : one))
            })
          : error(404, 'not_found', 'There is no such server.'),
    ],
    [
      'PUT',
      /^\/agents\/([^/]+)\/name$/,
      ([id], { name }) => {
        agents = agents.map(one => (one.id === id ? { ...one, name } : one))
        return ok(agents.find(one => one.id === id))
      },
    ],
    [
      'DELETE',
      /^\/agents\/([^/]+)$/,
      ([id]) =>
        done(() => {
          agents = agents.filter(one => one.id !== id)
        }),
    ],
  ]
}
