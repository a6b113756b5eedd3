// The alerts' part of the contract: three incidents, some rules, one silence, a tree of two routes.
const CPU_SIGNAL = 'node_load1'

export function alertRoutes({ ok, error, done, clock }) {
  const minute = 60_000
  const incidents = [
    incident('i1', 'CpuStarved', 'keel-01', 'warning', 'open', 17),
    incident('i2', 'HostDown', 'web-1', 'critical', 'acknowledged', 9),
    incident('i3', 'FsLow', 'db-eu-1', 'warning', 'resolved', 300),
  ]
  const events = [
    { at: clock() - 17 * minute, kind: 'fired', actor: 'evenkeel', detail: 'CpuStarved' },
    { at: clock() - 17 * minute + 240, kind: 'told', actor: 'evenkeel', detail: 'fired: 1' },
  ]
  function incident(id, title, subject, severity, state, minutes) {
    const acknowledged = state === 'acknowledged'
    return {
      id,
      groupKey: `{instance=${subject}}`,
      title,
      subject,
      severity,
      labels: { instance: subject },
      state,
      openedAt: clock() - minutes * minute,
      resolvedAt: state === 'resolved' ? clock() - 200 * minute : null,
      acknowledgedAt: acknowledged ? clock() - 5 * minute : null,
      acknowledgedBy: acknowledged ? 'mei' : null,
      acknowledgedUntil: acknowledged ? clock() + 55 * minute : null,
      assignee: acknowledged ? 'mei' : null,
      suppressedBy: null,
      escalated: 0,
      flapping: false,
    }
  }
  const alert = one => ({
    ruleId: 'pack/CpuStarved',
    fingerprint: one.id,
    labels: { alertname: one.title, instance: one.subject, job: 'node', severity: one.severity },
    annotations: {
      summary: `Programs on ${one.subject} wait for a CPU`,
      summary_zh: `${one.subject} 上的程序在等待 CPU`,
      description: 'Some task waited for a CPU in 62 % of the time.',
      description_zh: '62% 的时间内有任务在等待 CPU。',
      next_step: 'Look at the processes of that time.',
      next_step_zh: '查看该时段的进程。',
    },
    signal: CPU_SIGNAL,
    condition: '> 0.4',
    value: 0.6213,
    firing: one.resolvedAt === null,
    startsAt: one.openedAt,
    endsAt: one.resolvedAt,
  })
  const rules = [
    rule(
      'pack/CpuStarved',
      'CpuStarved',
      'rate(node_pressure_cpu_waiting_seconds_total[5m])',
      '> 0.4',
      'pack',
    ),
    rule('pages/1', 'LoadHigh', CPU_SIGNAL, '> 8', 'pages'),
    rule('file/web', 'WebSlow', 'histogram_quantile(0.99, rate(http_seconds_bucket[5m]))', '> 1', 'file'),
  ]
  function rule(id, name, signal, condition, origin) {
    const [operator, threshold] = condition.split(' ')
    return {
      id,
      group: 'evenkeel-host',
      name,
      expression: `${signal} ${condition}`,
      signal,
      condition,
      clear: null,
      holdSeconds: 900,
      keepFiringSeconds: 600,
      severity: 'warning',
      labels: { severity: 'warning' },
      annotations: { summary: 'Programs wait for a CPU', summary_zh: '程序在等待 CPU' },
      origin,
      form:
        origin === 'pages'
          ? {
              all: true,
              conditions: [
                { metric: signal, operator, threshold: Number(threshold), negated: false, clearAt: null },
              ],
            }
          : null,
      enabled: true,
      firing: id === 'pack/CpuStarved' ? 1 : 0,
      pending: 0,
      error: origin === 'file' ? 'found duplicate series for the match group {instance="web-1"}' : '',
      evaluatedAt: clock() - 2000,
    }
  }
  const silences = [
    {
      silence: {
        id: 's1',
        matchers: [{ name: 'instance', operator: '=~', value: 'build-.*' }],
        schedule: {
          startsAt: 0,
          endsAt: null,
          days: ['sat', 'sun'],
          from: '22:00',
          minutes: 480,
          zone: 'Europe/Berlin',
        },
        maintenance: true,
        comment: 'Backups of the build servers',
        createdBy: 'mei',
        createdAt: clock() - 86_400_000,
      },
      active: false,
    },
  ]
  const node = change => ({
    matchers: [],
    channels: [],
    groupBy: [],
    goOn: false,
    repeatSeconds: 0,
    escalation: [],
    muteTimes: [],
    routes: [],
    ...change,
  })
  let routing = {
    root: node({
      channels: ['*'],
      groupBy: ['instance'],
      repeatSeconds: 14_400,
      routes: [
        node({
          matchers: [{ name: 'severity', operator: '=', value: 'critical' }],
          channels: ['c1'],
          escalation: [{ afterSeconds: 900, channels: ['*'] }],
        }),
        node({ matchers: [{ name: 'team', operator: '=', value: 'web' }], muteTimes: ['nights'] }),
      ],
    }),
    inhibitions: [
      {
        source: [{ name: 'alertname', operator: '=', value: 'HostDown' }],
        target: [{ name: 'alertname', operator: '!=', value: 'HostDown' }],
        equal: ['instance'],
      },
    ],
    muteTimes: [{ name: 'nights', schedules: [{ ...silences[0].silence.schedule, days: ['mon', 'tue'] }] }],
  }
  const files = [{ name: 'web.yml', updatedAt: clock() - 86_400_000, content: 'groups: []\n' }]
  const byId = id => incidents.find(one => one.id === id)
  const acted = (id, kind, detail, change) => {
    const one = byId(id)
    Object.assign(one, change)
    events.push({ at: clock(), kind, actor: 'admin', detail })
    return ok(one)
  }
  const open = one => one.resolvedAt === null

  return [
    [
      'GET',
      /^\/incidents$/,
      (_, __, query) => {
        const states = (query.get('state') ?? '').split(',')
        const words = query.get('q') ?? ''
        return ok({
          incidents: incidents
            .filter(one => states[0] === '' || states.includes(one.state))
            .filter(one => (query.get('severity') ?? one.severity) === one.severity)
            .filter(one => `${one.title} ${one.subject}`.includes(words))
            .map(one => ({
              incident: one,
              firing: open(one) ? 1 : 0,
              first: alert(one),
              willTell: ['Mail to the duty'],
            })),
          statistics: { meanToAcknowledgeMillis: 143_000, meanToResolveMillis: 1_912_000 },
        })
      },
    ],
    [
      'GET',
      /^\/incidents\/([^/]+)$/,
      ([id]) =>
        byId(id) === undefined
          ? error(404, 'not_found', `There is no incident with the id '${id}'.`)
          : ok({
              incident: byId(id),
              alerts: [alert(byId(id))],
              events,
              willTell: ['Mail to the duty'],
              messages: [
                {
                  key: 'k1',
                  channelId: 'c1',
                  address: 'duty@example.org',
                  incidentId: id,
                  kind: 'fired',
                  title: byId(id).title,
                  state: 'sent',
                  attempts: 1,
                  answer: '250 2.0.0 Ok: queued as 42',
                  eventAt: clock() - 17 * minute,
                  createdAt: clock() - 17 * minute,
                  nextTryAt: 0,
                  endedAt: clock() - 17 * minute + 240,
                },
              ],
            }),
    ],
    [
      'POST',
      /^\/incidents\/([^/]+)\/acknowledge$/,
      ([id], { minutes }) =>
        acted(id, 'acknowledged', minutes === 0 ? '' : `${minutes} min`, {
          state: 'acknowledged',
          acknowledgedBy: 'admin',
          acknowledgedUntil: minutes === 0 ? null : clock() + minutes * minute,
        }),
    ],
    [
      'POST',
      /^\/incidents\/([^/]+)\/assign$/,
      ([id], { assignee }) => acted(id, 'assigned', assignee, { assignee: assignee || null }),
    ],
    ['POST', /^\/incidents\/([^/]+)\/comment$/, ([id], { text }) => acted(id, 'commented', text, {})],
    ['GET', /^\/silences$/, () => ok({ silences })],
    [
      'POST',
      /^\/silences$/,
      (_, body) => {
        if (body.comment === '')
          return error(400, 'bad_request', 'Say why, in up to 2000 characters.', 'comment')
        const silence = { ...body, id: `s${silences.length + 1}`, createdBy: 'admin', createdAt: clock() }
        silences.push({ silence, active: true })
        return ok(silence)
      },
    ],
    [
      'DELETE',
      /^\/silences\/([^/]+)$/,
      ([id]) =>
        done(() =>
          silences.splice(
            silences.findIndex(one => one.silence.id === id),
            1,
          ),
        ),
    ],
    ['GET', /^\/rules$/, () => ok({ rules })],
    [
      'POST',
      /^\/rules$/,
      (_, entry) => {
        if (entry.name === '') return error(400, 'bad_request', 'A rule needs a name.', 'name')
        const [first] = entry.form?.conditions ?? []
        const made = rule(
          `pages/${rules.length}`,
          entry.name,
          first?.metric ?? entry.expression,
          '> 0',
          'pages',
        )
        rules.push(made)
        return ok(made)
      },
    ],
    [
      'POST',
      /^\/rules\/preview$/,
      () =>
        ok({
          times: 2,
          from: clock() - 7 * 86_400_000,
          to: clock(),
          stepMillis: 120_000,
          signal: CPU_SIGNAL,
          runs: [5, 2].map(days => ({
            labels: { instance: 'keel-01' },
            from: clock() - days * 86_400_000,
            to: clock() - days * 86_400_000 + 3 * 3_600_000,
          })),
        }),
    ],
    [
      'GET',
      /^\/rules\/noise$/,
      () => ok({ rules: [{ ruleId: 'pack/CpuStarved', fired: 14, acknowledged: 3, ignored: 11 }] }),
    ],
    [
      'GET',
      /^\/rules\/(.+)\/suggestion$/,
      () => ok({ operator: '>', threshold: 0.4, times: 14, suggested: 0.55, suggestedTimes: 3 }),
    ],
    [
      'PUT',
      /^\/rules\/(.+)\/enabled$/,
      ([id], { enabled }) =>
        done(() => {
          for (const one of rules) if (one.id === id) one.enabled = enabled
        }),
    ],
    [
      'DELETE',
      /^\/rules\/(.+)$/,
      ([id]) =>
        done(() =>
          rules.splice(
            rules.findIndex(one => one.id === id),
            1,
          ),
        ),
    ],
    ['GET', /^\/rule-files$/, () => ok({ files })],
    ['GET', /^\/settings\/routing$/, () => ok(routing)],
    [
      'PUT',
      /^\/settings\/routing$/,
      (_, body) => {
        routing = body
        return ok(routing)
      },
    ],
    [
      'POST',
      /^\/settings\/routing\/test$/,
      (_, { labels }) =>
        ok({
          channels: labels.severity === 'critical' ? ['c1'] : ['*'],
          groupBy: ['instance'],
          repeatSeconds: 14_400,
          escalation: [{ afterSeconds: 900, channels: ['*'] }],
          quiet: null,
        }),
    ],
  ]
}
