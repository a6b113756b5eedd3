// A hub that speaks the HTTP contract over the machine of series.mjs: for development without a hub and, with a fixed
// clock, as the fixture of the screen tests. It serves ui/dist with the headers of the real hub, its strict policy too.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { alertRoutes } from './alerts.mjs'
import { channelRoutes } from './channels.mjs'
import { findingRoutes } from './findings.mjs'
import { collectionRoutes, fleetPage, fleetStrips } from './fleet.mjs'
import { poolRoutes } from './pools.mjs'
import { probeRoutes } from './probes.mjs'
import { profileRoutes } from './profiles.mjs'
import { evaluate, MACHINE, processesAt } from './series.mjs'
import { serverRoutes } from './servers.mjs'
import { tuningRoutes } from './tuning.mjs'

const DIST = new URL('../../dist/', import.meta.url).pathname
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const HEADERS = {
  'Content-Security-Policy': "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}
export const SETUP_TOKEN = 'mock-setup-token'
const PERIOD = 1000

/**
 * @param options.now     fixed moment in epoch ms; without it the clock runs
 * @param options.state   'setup' | 'login' | 'ready'
 * @param options.hosts   how many servers there are
 * @param options.gap     milliseconds before now in which the server was silent, as [from, to]
 */
export function createHub({ now, state = 'ready', hosts: hostCount = 1, gap } = {}) {
  const clock = () => now ?? Date.now()
  const startedAt = clock() - 3_723_000
  const session = {
    state,
    user: state === 'ready' ? { name: 'admin', role: 'admin' } : null,
    csrf: state === 'ready' ? 'mock-csrf' : null,
    version: '0.1.0',
    hub: { host: 'keel-01' },
  }
  const users = [
    { name: 'admin', role: 'admin', createdAt: startedAt - 86_400_000 * 40, lastLoginAt: startedAt },
    {
      name: 'mei',
      role: 'operator',
      createdAt: startedAt - 86_400_000 * 12,
      lastLoginAt: startedAt - 7_200_000,
    },
    { name: 'wallboard', role: 'viewer', createdAt: startedAt - 86_400_000 * 3, lastLoginAt: null },
  ]
  const tokens = [
    {
      id: 't1',
      name: 'grafana',
      role: 'viewer',
      scope: 'api',
      createdAt: startedAt - 86_400_000 * 9,
      expiresAt: clock() + 86_400_000 * 81,
      lastUsedAt: clock() - 42_000,
    },
  ]
  let password = 'correct horse battery'
  let periodSeconds = 1
  let preferences = {}
  let latencies = []
  const streams = new Map()
  const silent = (t, from, to) =>
    gap !== undefined && t > clock() - gap[0] && t < clock() - gap[1] && from < to

  const names = [
    'keel-01',
    'db-eu-1',
    'db-eu-2',
    'web-1',
    'web-2',
    'cache-1',
    'build-1',
    'mail-1',
    'backup',
    'edge-sh-1',
  ]
  const hostList = () =>
    Array.from({ length: hostCount }, (_, i) => {
      const status = i === 3 ? 'silent' : i === 5 ? 'late' : 'ok'
      const late = status === 'silent' ? 320_000 : status === 'late' ? 9000 : 200
      return {
        id: `h${i + 1}`,
        name: names[i] ?? `host-${i + 1}`,
        os: 'Debian GNU/Linux 12',
        kernel: '6.1.0-28-amd64',
        arch: 'x86_64',
        cores: MACHINE.cores,
        memoryBytes: MACHINE.memoryBytes,
        bootedAt: startedAt - 277_000_000,
        agentVersion: '0.1.0',
        periodMillis: PERIOD,
        lastSampleAt: clock() - late,
        status,
        self: i === 0,
      }
    })

  const collectors = [
    ...[
      'cpu',
      'loadavg',
      'meminfo',
      'vmstat',
      'diskstats',
      'filesystem',
      'netdev',
      'netstat',
      'sockstat',
      'pressure',
      'cgroups',
      'topprocesses',
    ].map((name, i) => ({ name, state: 'ok', reason: null, durationMillis: 0.12 + i * 0.07 })),
    {
      name: 'hwmon',
      state: 'unavailable',
      reason: '/sys/class/hwmon is empty: a virtual machine has no sensors',
      durationMillis: null,
    },
    {
      name: 'systemd',
      state: 'failing',
      reason: 'no answer on /run/dbus/system_bus_socket within 500 ms',
      durationMillis: 500,
    },
  ]

  function chart({ from, to, maxPoints, queries }) {
    const length = to - from
    const step = Math.max(PERIOD, Math.ceil(length / Math.max(1, maxPoints) / PERIOD) * PERIOD)
    const inside = Math.min(8, step / PERIOD)
    const times = []
    for (let t = Math.ceil(from / step) * step; t <= Math.min(to, clock()); t += step) times.push(t)
    const results = queries.map(({ id, expr }) => {
      const first = evaluate(expr, to, from)
      if (first === null) {
        return {
          id,
          error: { message: `unexpected expression: ${expr.slice(0, 60)}`, position: 0 },
          series: [],
          warnings: [],
        }
      }
      const series = first.map(({ labels }) => ({
        labels,
        avg: [],
        min: inside > 1 ? [] : null,
        max: inside > 1 ? [] : null,
        stats: { min: null, avg: null, max: null, last: null },
      }))
      const sums = series.map(() => [0, 0])
      for (const t of times) {
        const quiet = silent(t, from, to) || t < startedAt - 86_400_000
        const buckets = series.map(() => [])
        for (let i = 0; i < inside && !quiet; i++) {
          for (const [s, { value }] of evaluate(expr, t - (i * step) / inside, from).entries())
            buckets[s]?.push(value)
        }
        series.forEach((one, s) => {
          const values = buckets[s]
          if (values.length === 0) {
            one.avg.push(null)
            one.min?.push(null)
            one.max?.push(null)
            return
          }
          const avg = values.reduce((x, y) => x + y, 0) / values.length
          const least = Math.min(...values)
          const most = Math.max(...values)
          one.avg.push(avg)
          one.min?.push(least)
          one.max?.push(most)
          sums[s][0] += avg
          sums[s][1]++
          const { stats } = one
          stats.min = stats.min === null ? least : Math.min(stats.min, least)
          stats.max = stats.max === null ? most : Math.max(stats.max, most)
          stats.avg = sums[s][0] / sums[s][1]
          stats.last = avg
        })
      }
      return { id, error: null, series, warnings: [] }
    })
    return { from, to, stepMillis: step, resolutionMillis: step / inside, times, results }
  }

  function frame(stream) {
    const t = Math.floor(clock() / PERIOD) * PERIOD
    const subs = stream.subs.map(({ id, expr }) => {
      const values = evaluate(expr, t) ?? []
      const key = JSON.stringify(values.map(({ labels }) => labels))
      const known = stream.revs.get(id)
      const rev = known?.key === key ? known.rev : (known?.rev ?? 0) + 1
      stream.revs.set(id, { key, rev })
      return {
        id,
        rev,
        ...(known?.key === key ? {} : { series: values.map(({ labels }) => labels) }),
        v: values.map(({ value }) => value),
      }
    })
    send(stream.response, 'frame', { t, sent: clock(), subs }, ++stream.sequence)
  }

  const send = (response, event, data, id) =>
    response.write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    )
  const hostsEvent = () => ({
    hosts: hostList().map(({ id, status, lastSampleAt }) => ({ id, status, lastSampleAt })),
  })

  function openStream(request, response) {
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    const id = randomUUID()
    const stream = { response, subs: [], revs: new Map(), sequence: 0 }
    streams.set(id, stream)
    send(response, 'hello', { stream: id, periodMillis: PERIOD, serverTime: clock() })
    send(response, 'hosts', hostsEvent())
    const ticks = setInterval(() => frame(stream), PERIOD)
    const status = setInterval(() => send(response, 'hosts', hostsEvent()), 5000)
    const beats = setInterval(() => response.write(': heartbeat\n\n'), 15_000)
    request.on('close', () => {
      for (const timer of [ticks, status, beats]) clearInterval(timer)
      streams.delete(id)
    })
  }

  const error = (status, code, message, field) => ({
    status,
    body: { error: { code, message, ...(field === undefined ? {} : { field }) } },
  })
  const ok = body => ({ status: body === undefined ? 204 : 200, body })
  /** Does something that has no answer but success. */
  const done = change => {
    change()
    return ok()
  }
  const remove = (list, wanted) => list.splice(list.findIndex(wanted), 1)
  const percentile = p =>
    latencies.length === 0
      ? null
      : [...latencies].sort((a, b) => a - b)[Math.min(latencies.length - 1, Math.floor(latencies.length * p))]

  const ROUTES = [
    ['GET', /^\/session$/, () => ok(session)],
    [
      'POST',
      /^\/setup$/,
      (_, body) => {
        if (session.state !== 'setup' || body.token !== SETUP_TOKEN)
          return error(
            403,
            'forbidden',
            'This setup link is wrong, used or expired; run `evenkeel setup-link` for a new one.',
          )
        if ([...body.password].length < 12)
          return error(400, 'bad_request', 'The password needs at least 12 characters.', 'password')
        password = body.password
        Object.assign(session, {
          state: 'ready',
          user: { name: body.name, role: 'admin' },
          csrf: 'mock-csrf',
        })
        return ok(session)
      },
    ],
    [
      'POST',
      /^\/login$/,
      (_, body) => {
        if (body.password !== password) return error(401, 'unauthenticated', 'Name or password is wrong.')
        Object.assign(session, {
          state: 'ready',
          user: { name: body.name, role: 'admin' },
          csrf: 'mock-csrf',
        })
        return ok(session)
      },
    ],
    [
      'POST',
      /^\/logout$/,
      () => done(() => Object.assign(session, { state: 'login', user: null, csrf: null })),
    ],
    ['GET', /^\/me\/preferences$/, () => ok(preferences)],
    [
      'PUT',
      /^\/me\/preferences$/,
      (_, body) =>
        done(() => {
          preferences = body
        }),
    ],
    [
      'PUT',
      /^\/me\/password$/,
      (_, body) =>
        body.current === password
          ? done(() => {
              password = body.next
            })
          : error(403, 'forbidden', 'The current password is wrong.'),
    ],
    ...channelRoutes({ ok, error, done, clock }),
    ...alertRoutes({ ok, error, done, clock }),
    ...poolRoutes({ ok, error, clock }),
    ...probeRoutes({ ok, error, done, clock }),
    ...serverRoutes({ ok, error, done, clock }),
    ...findingRoutes({ ok, error, clock }),
    ...tuningRoutes({ ok, error, done, clock }),
    ...profileRoutes({ ok, error, clock }),
    ['GET', /^\/users$/, () => ok({ users })],
    [
      'POST',
      /^\/users$/,
      (_, { name, role }) =>
        users.some(user => user.name === name)
          ? error(409, 'conflict', `There is already a user '${name}'; choose another name.`, 'name')
          : done(() => users.push({ name, role, createdAt: clock(), lastLoginAt: null })),
    ],
    ['DELETE', /^\/users\/([^/]+)$/, ([name]) => done(() => remove(users, user => user.name === name))],
    [
      'PUT',
      /^\/users\/([^/]+)\/role$/,
      ([name], { role }) =>
        done(() => {
          for (const user of users) if (user.name === name) user.role = role
        }),
    ],
    ['GET', /^\/tokens$/, () => ok({ tokens })],
    [
      'POST',
      /^\/tokens$/,
      (_, { name, role, scope, expiresInDays }) => {
        const id = `t${tokens.length + 1}`
        tokens.push({
          id,
          name,
          role,
          scope,
          createdAt: clock(),
          expiresAt: clock() + expiresInDays * 86_400_000,
          lastUsedAt: null,
        })
        return ok({ id, token: `ek_${'0123456789abcdef'.repeat(4)}` })
      },
    ],
    ['DELETE', /^\/tokens\/([^/]+)$/, ([id]) => done(() => remove(tokens, token => token.id === id))],
    ['GET', /^\/settings\/collection$/, () => ok({ periodSeconds })],
    [
      'PUT',
      /^\/settings\/collection$/,
      (_, body) =>
        done(() => {
          periodSeconds = body.periodSeconds
        }),
    ],
    [
      'GET',
      /^\/audit$/,
      () =>
        ok({
          entries: [
            {
              at: clock() - 60_000,
              actor: 'admin',
              action: 'token.create',
              target: 'grafana',
              detail: 'scope api, role viewer, 90 days',
            },
            {
              at: clock() - 3_600_000,
              actor: 'admin',
              action: 'login',
              target: null,
              detail: 'from 127.0.0.1',
            },
            {
              at: clock() - 7_200_000,
              actor: 'mei',
              action: 'settings.collection',
              target: null,
              detail: 'period 5 s → 1 s',
            },
          ],
        }),
    ],
    [
      'GET',
      /^\/status$/,
      () =>
        ok({
          version: '0.1.0',
          startedAt,
          uptimeMillis: clock() - startedAt,
          series: 514,
          samplesPerSecond: 498,
          samplesTotal: 1_853_990,
          storageBytes: 3_481_223,
          daysToKeep: 14.8,
          readOnly: false,
          diskFreeBytes: 41_200_000_000,
          rssBytes: 148_000_000,
          heapBytes: 41_000_000,
          queryCacheHitPercent: 83.4,
          queryCacheBytes: 6_300_000,
          eventToChart: {
            count: latencies.length + 240,
            p50Millis: percentile(0.5) ?? 83,
            p99Millis: percentile(0.99) ?? 212,
          },
          eventToNotification: { count: 12, p50Millis: 210, p99Millis: 640 },
          eventToResolved: { count: 11, p50Millis: 240, p99Millis: 720 },
          java: '25.0.1',
        }),
    ],
    ['GET', /^\/hosts$/, () => ok({ hosts: hostList() })],
    ['GET', /^\/fleet$/, (_, __, query) => ok(fleetPage(hostList(), query))],
    ['GET', /^\/fleet\/strips$/, (_, __, query) => ok({ strips: fleetStrips(query.getAll('names')) })],
    ['PUT', /^\/hosts\/([^/]+)\/attributes$/, (_, body) => ok(body)],
    ['GET', /^\/hosts\/([^/]+)$/, ([id]) => found(id, host => host)],
    ...collectionRoutes({ ok, found }),
    ['GET', /^\/hosts\/([^/]+)\/collectors$/, ([id]) => found(id, () => ({ collectors }))],
    [
      'GET',
      /^\/hosts\/([^/]+)\/quality$/,
      ([id]) =>
        found(id, () => ({
          rejected: [
            { reason: 'duplicate', count: 3 },
            { reason: 'late', count: 11 },
          ],
          resets: 1,
          suspects: [
            { signal: 'cpu', at: Math.floor(clock() / 1000) * 1000 - 181_000, value: 0.71, median: 0.16 },
          ],
        })),
    ],
    [
      'GET',
      /^\/hosts\/([^/]+)\/processes$/,
      ([id], _, query) =>
        found(id, () => {
          const at = Math.floor(Number(query.get('at') ?? clock()) / 5000) * 5000
          const reason = 'The log of process snapshots goes back 24 hours.'
          if (at < clock() - 86_400_000) return { at: null, periodMillis: 5000, reason, processes: [] }
          return {
            at,
            periodMillis: 5000,
            reason: null,
            processes: processesAt(at).slice(0, Number(query.get('limit') ?? 100)),
          }
        }),
    ],
    ['POST', /^\/chart$/, (_, body) => ok(chart(body))],
    [
      'POST',
      /^\/live\/latency$/,
      (_, { millis }) =>
        done(() => {
          latencies = [...latencies, ...millis].slice(-5000)
        }),
    ],
    [
      'PUT',
      /^\/live\/([^/]+)\/subscriptions$/,
      ([id], { subs }) => {
        const stream = streams.get(id)
        if (stream === undefined) return error(404, 'not_found', 'This stream is gone; open a new one.')
        stream.subs = subs
        stream.revs = new Map([...stream.revs].filter(([known]) => subs.some(sub => sub.id === known)))
        return ok()
      },
    ],
  ]

  function found(id, answer) {
    const host = hostList().find(one => one.id === id)
    return host === undefined ? error(404, 'not_found', `There is no host '${id}'.`) : ok(answer(host))
  }

  async function api(request, response, url) {
    const path = url.pathname.slice('/api/hub/v1'.length)
    const publicPath = ['/session', '/setup', '/login'].includes(path)
    let answer
    if (!publicPath && session.state === 'login') answer = error(401, 'unauthenticated', 'Log in first.')
    else if (path === '/live' && request.method === 'GET') {
      openStream(request, response)
      return
    } else {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      const body = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString())
      const route = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path))
      const open =
        publicPath ||
        request.method === 'GET' ||
        path === '/chart' ||
        path.endsWith('/preview') ||
        path.startsWith('/live')
      if (route === undefined) answer = error(404, 'not_found', `No such resource: ${path}`)
      else if (!open && session.state === 'setup')
        answer = error(403, 'forbidden', 'Read only until the password is set.')
      else if (!open && request.headers['x-csrf-token'] !== session.csrf)
        answer = error(403, 'forbidden', 'The CSRF token is missing.')
      else
        answer = route[2](
          (route[1].exec(path) ?? []).slice(1).map(decodeURIComponent),
          body,
          url.searchParams,
        )
    }
    response.writeHead(answer.status, {
      ...HEADERS,
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
    })
    response.end(answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)))
  }

  /** One job that goes well, one with a target that fails and one that is new. */
  function targets() {
    const target = (scrapePool, instance, health, lastError) => ({
      discoveredLabels: {},
      labels: { instance, job: scrapePool },
      scrapePool,
      scrapeUrl: `http://${instance}/metrics`,
      globalUrl: `http://${instance}/metrics`,
      lastError,
      lastScrape: health === 'unknown' ? '0001-01-01T00:00:00Z' : new Date(clock() - 4_000).toISOString(),
      lastScrapeDuration: health === 'unknown' ? 0 : 0.0183,
      health,
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
    })
    return {
      activeTargets: [
        target('node', 'web-1.example.org:9100', 'up', ''),
        target('node', 'web-2.example.org:9100', 'up', ''),
        target('shop', '10.0.0.12:8080', 'down', "line 214: expected a value, found '1,5'"),
        target('shop', '10.0.0.13:8080', 'unknown', ''),
      ],
      droppedTargets: [],
      droppedTargetCounts: { node: 0, shop: 2 },
    }
  }

  /** The part of Prometheus's API that the pages ask. */
  function prometheus(response, url) {
    const path = url.pathname.slice('/api/v1/'.length)
    const data =
      path === 'label/__name__/values'
        ? ['node_cpu_seconds_total', 'node_load1', 'node_memory_MemAvailable_bytes']
        : path === 'label/mode/values'
          ? ['idle', 'system', 'user']
          : path === 'labels'
            ? ['__name__', 'cpu', 'instance', 'job', 'mode']
            : path === 'metadata'
              ? {
                  node_cpu_seconds_total: [{ type: 'counter', help: 'Seconds the CPUs spent in each mode.' }],
                }
              : path === 'targets'
                ? targets()
                : []
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ status: 'success', data }))
  }

  async function file(response, path) {
    const wanted = extname(path) === '' ? '/index.html' : normalize(path)
    try {
      const bytes = await readFile(join(DIST, wanted))
      response.writeHead(200, {
        ...HEADERS,
        'Content-Type': TYPES[extname(wanted)] ?? 'application/octet-stream',
      })
      response.end(bytes)
    } catch {
      response.writeHead(404, HEADERS)
      response.end()
    }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost')
    if (url.pathname.startsWith('/api/v1/')) {
      prometheus(response, url)
      return
    }
    const work = url.pathname.startsWith('/api/hub/v1/')
      ? api(request, response, url)
      : file(response, url.pathname)
    work.catch(failure => {
      console.error(failure)
      response.writeHead(500)
      response.end()
    })
  })
  return {
    listen: port =>
      new Promise(resolve =>
        server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)),
      ),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
    /** How many live streams are open. */
    streams: () => streams.size,
    /** Cuts all live streams, as a restart of the hub would. */
    cut: () => {
      for (const { response } of streams.values()) response.destroy()
    },
  }
}
