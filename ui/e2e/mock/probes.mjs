// The probes' part of the contract: one that goes well, one whose certificate has ended, one of the settings file.
const probe = (name, check, more = {}) => ({
  name,
  intervalSeconds: 30,
  timeoutMillis: 5_000,
  family: 'any',
  http: null,
  tcp: null,
  icmp: null,
  dns: null,
  from: null,
  ...check,
  ...more,
})
const page = url => ({
  http: {
    url,
    method: 'GET',
    status: [],
    bodyMatches: '',
    bodyLacks: '',
    followRedirects: true,
    authorities: '',
  },
})
const DAY = 86_400_000
const attempt = (now, answer, failure = null) => ({
  time: now - 9_000,
  failure,
  seconds: 0.182,
  address: '192.0.2.7',
  phases: [
    { name: 'resolve', seconds: 0.012 },
    { name: 'connect', seconds: 0.031 },
    { name: 'tls', seconds: 0.064 },
    { name: 'processing', seconds: 0.07 },
    { name: 'transfer', seconds: 0.004 },
  ],
  answer: { status: null, tls: null, certificateEndsMillis: null, records: [], ...answer },
})

export function probeRoutes({ ok, error, done, clock }) {
  const now = clock()
  const good = attempt(now, { status: 200, tls: 'TLS 1.3', certificateEndsMillis: now + 62 * DAY })
  let all = [
    {
      id: 'p1',
      origin: 'settings',
      probe: probe('shop', page('https://shop.example.org/health'), { from: ['hub', 'group:web'] }),
      seen: [
        { server: '', last: good },
        { server: 'web-1', last: good },
      ],
    },
    {
      id: 'p2',
      origin: 'settings',
      probe: probe('intranet', page('https://intranet.example.org/')),
      seen: [
        {
          server: '',
          last: attempt(
            now,
            { certificateEndsMillis: now - 2 * DAY },
            {
              kind: 'certificate_expired',
              detail: '2026-11-21',
              message: 'The certificate expired on 2026-11-21.',
            },
          ),
        },
      ],
    },
    {
      id: 'file-names',
      origin: 'file',
      probe: probe('names', {
        dns: { name: 'shop.example.org', type: 'A', server: '10.0.0.53', answers: '' },
      }),
      seen: [{ server: '', last: attempt(now, { records: ['A 192.0.2.7'] }) }],
    },
    {
      id: 'p3',
      origin: 'settings',
      probe: probe('gateway', { icmp: { host: '10.0.0.1' } }),
      seen: [{ server: '', last: null }],
    },
  ]
  const wrong = (field, message) => error(400, 'bad_request', message, field)
  const checked = body =>
    body.name === ''
      ? wrong('name', "A probe's name has 1 to 64 characters.")
      : body.http !== null && !/^https?:\/\/.+/.test(body.http.url)
        ? wrong('http.url', 'The address begins with http:// or https:// and names a host.')
        : null
  return [
    ['GET', /^\/probes$/, () => ok({ probes: all })],
    ['POST', /^\/probes\/attempt$/, (_, body) => checked(body) ?? ok(good)],
    [
      'POST',
      /^\/probes$/,
      (_, body) => {
        const refused = checked(body)
        if (refused !== null) return refused
        const known = {
          id: `p${all.length + 1}`,
          origin: 'settings',
          probe: body,
          seen: [{ server: '', last: null }],
        }
        all = [...all, known]
        return ok(known)
      },
    ],
    [
      'PUT',
      /^\/probes\/([^/]+)$/,
      ([id], body) => {
        const known = all.find(one => one.id === id)
        if (known === undefined) return error(404, 'not_found', 'There is no such probe.')
        all = all.map(one =>
          one.id === id ? { ...one, probe: body, seen: [{ server: '', last: null }] } : one,
        )
        return ok({ ...known, probe: body })
      },
    ],
    [
      'DELETE',
      /^\/probes\/([^/]+)$/,
      ([id]) =>
        done(() => {
          all = all.filter(one => one.id !== id)
        }),
    ],
  ]
}
