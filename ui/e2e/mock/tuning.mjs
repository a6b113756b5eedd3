// Tuning's part of the contract: a trial that runs, one that helped, one that harmed, and a change with a timer.
const both = (en, zh) => ({ en, zh })
const KNOB = 'net.core.somaxconn'
const BLOCK = 25_000

export function tuningRoutes({ ok, error, done, clock }) {
  const measure = {
    title: both('Dropped connections', '丢弃的连接'),
    expression: 'node_load1{instance="$host"}',
    lowerIsBetter: true,
    unit: 'per_second',
    offered: null,
    errors: null,
    p99: null,
  }
  let mode = 'approve'
  let stopped = false
  let rollout = null
  let changes = [
    {
      id: 'c1',
      action: 'vm.swappiness',
      target: '',
      value: '10',
      before: '60',
      now: '10',
      drifted: false,
      kept: false,
      secondsLeft: 412,
      trial: false,
    },
    {
      id: 't2',
      action: KNOB,
      target: '',
      value: '4096',
      before: '128',
      now: '1024',
      drifted: true,
      kept: true,
      secondsLeft: 0,
      trial: true,
    },
  ]
  const trial = (id, more) => ({
    id,
    host: 'keel-01',
    action: KNOB,
    target: '',
    value: '4096',
    before: '128',
    title: measure.title,
    unit: measure.unit,
    lowerIsBetter: true,
    phase: 'ended',
    verdict: 'no_evidence',
    effect: 0.01,
    low: -0.04,
    high: 0.05,
    kept: false,
    reason: 'no effect was shown',
    reasons: [{ code: 'no_effect', values: [] }],
    by: 'admin',
    finding: 'f1',
    beganAt: clock() - 900_000,
    endedAt: clock() - 200_000,
    ...more,
  })
  const running = {
    phase: 'blocks',
    verdict: null,
    effect: null,
    low: null,
    high: null,
    reason: '',
    reasons: [],
    endedAt: null,
  }
  const better = {
    reason: 'better by more than the least effect worth keeping',
    reasons: [{ code: 'better', values: [] }],
  }
  const tripped = {
    reason: 'disk pressure: 31 %, the limit was 10 %',
    reasons: [{ code: 'guard_tripped', values: ['disk pressure', '磁盘压力', '31 %', '10 %'] }],
  }
  const trials = [
    trial('t1', { ...running, action: 'net.core.netdev_max_backlog', beganAt: clock() - 320_000 }),
    trial('t2', { verdict: 'helped', effect: 0.31, low: 0.22, high: 0.4, kept: true, ...better }),
    trial('t3', { verdict: 'harmed', effect: -0.2, low: null, high: -0.1, ...tripped }),
    trial('t4', { verdict: 'not_tried', effect: null, low: null, high: null, before: null }),
    trial('t5', { verdict: 'helped', effect: 0.24, low: 0.15, high: 0.33, kept: true, ...better }),
  ]
  const blocks = (beganAt, pairs) =>
    Array.from({ length: 8 + 2 * pairs }, (_, i) => {
      const noise = i < 8
      const on = !noise && [1, 0, 0, 1][i % 4] === 1
      return {
        number: noise ? i + 1 : i - 7,
        noise,
        on,
        value: (on ? 8.3 : 12) + Math.sin(i * 7) * 0.7,
        offered: 1000,
        from: beganAt + i * BLOCK,
        to: beganAt + (i + 1) * BLOCK,
        counts: i !== 12 && i !== 13,
      }
    })
  const guard = (name, en, zh, now, limit, tripped = false) => ({
    guard: name,
    title: both(en, zh),
    unit: 'ratio',
    now,
    limit,
    tripped,
    expression: `rate(node_pressure_${name}{instance="$host"}[$window])`,
  })
  const detailOf = one => ({
    trial: one,
    measure,
    sought: 0.1,
    plan: {
      noiseBlocks: 8,
      blockSeconds: 20,
      washoutSeconds: 5,
      leastPairs: 6,
      mostPairs: 12,
      leastEffect: 0.03,
      loadTolerance: 0.1,
    },
    noise: { level: 12, smallestEffect: one.verdict === 'not_tried' ? 0.34 : 0.08 },
    blocks: blocks(one.beganAt, one.phase === 'ended' ? (one.verdict === 'not_tried' ? 0 : 7) : 2),
    guards: [
      guard('memory_pressure', 'Memory pressure', '内存压力', 0.011, 0.05),
      guard(
        'io_pressure',
        'Disk pressure',
        '磁盘压力',
        one.verdict === 'harmed' ? 0.31 : 0.06,
        0.1,
        one.verdict === 'harmed',
      ),
      guard('memory_used_ratio', 'Memory in use', '内存占用', 0.61, 0.9),
    ],
    live:
      one.phase === 'ended'
        ? null
        : {
            block: 5,
            noise: false,
            on: true,
            second: 12,
            seconds: 25,
            measure: 8.1,
            secondsToRevert: 14,
            leastSecondsLeft: 190,
            mostSecondsLeft: 490,
          },
    report:
      one.phase === 'ended' && one.effect !== null
        ? { pairs: 6, voidPairs: 1, before: 12, after: 8.3, ended: 'the new value stays' }
        : null,
    steps: one.drained
      ? ['draining', 'empty', 'turned_on', 'refilled'].map((kind, at) => ({
          at: one.beganAt + 1000 * at,
          kind,
          pool: 'web',
          backend: 'keel-01',
          words: kind === 'draining' ? { en: '3', zh: '3' } : { en: '', zh: '' },
        }))
      : [],
    drift: one.kept && one.id === 't2' ? { found: '1024', at: clock() - 100_000 } : null,
    reviews: one.kept
      ? [
          {
            kind: 'week',
            verdict: 'holds',
            effect: 0.28,
            before: 12,
            now: 8.6,
            reason: '',
            at: clock() - 50_000,
          },
        ]
      : [],
  })
  const refused = problem => error(409, 'conflict', `Not done: ${problem}.`)
  const change = ([id], edit) => {
    if (!changes.some(one => one.id === id)) return refused(`there is no open change ${id}`)
    changes = edit(id)
    return ok()
  }
  return [
    [
      'GET',
      /^\/tuning\/hosts$/,
      () =>
        ok({
          hosts: [
            { host: 'keel-01', own: true },
            { host: 'web-1', own: false },
          ],
        }),
    ],
    [
      'GET',
      /^\/tuning$/,
      (_, __, query) => {
        const host = query.get('host') ?? 'keel-01'
        // The second server only observes.
        mode = host === 'web-1' ? 'observe' : 'approve'
        return ok({
          host,
          available: true,
          problem: '',
          problemText: { en: '', zh: '' },
          mode,
          reason: mode === 'observe' ? 'there is no policy file /etc/evenkeel/tuning-policy' : '',
          reasonText:
            mode === 'observe'
              ? {
                  en: 'there is no policy file /etc/evenkeel/tuning-policy',
                  zh: '没有策略文件 /etc/evenkeel/tuning-policy',
                }
              : { en: '', zh: '' },
          stopped,
          actions: [
            {
              name: KNOB,
              boundsText: { en: 'a whole number from 128 to 16384', zh: '128 至 16384 的整数' },
              risk: 'low',
              target: 'none',
              newConnectionsOnly: true,
            },
            {
              name: 'CPUWeight',
              boundsText: { en: 'a whole number from 10 to 1000', zh: '10 至 1000 的整数' },
              risk: 'medium',
              target: 'unit',
              newConnectionsOnly: false,
            },
            {
              name: 'nginx/worker_connections',
              boundsText: { en: 'a whole number from 64 to 65536', zh: '64 至 65536 的整数' },
              risk: 'medium',
              target: 'service',
              newConnectionsOnly: true,
            },
          ],
          changes: host === 'keel-01' ? changes : [],
          measures: [measure],
          pools: host === 'keel-01' ? ['web'] : [],
        })
      },
    ],
    [
      'POST',
      /^\/tuning\/dry-run$/,
      (_, { action, value, host }) =>
        ok({
          diff: action.startsWith('nginx/')
            ? `--- /etc/nginx/nginx.conf\n+++ /etc/nginx/nginx.conf\n@@ -4,5 +4,5 @@\n \n events {\n-    worker_connections 100;\n+    worker_connections ${value};\n     multi_accept on;\n }\n`
            : '',
          before: '100',
          after: value,
          objection: host === 'web-1' ? 'this server’s policy is to observe only' : '',
          objectionText:
            host === 'web-1'
              ? { en: 'this server’s policy is to observe only', zh: '该服务器的策略只允许观察' }
              : { en: '', zh: '' },
        }),
    ],
    [
      'POST',
      /^\/tuning\/changes$/,
      (_, { host, seconds, ...knob }) => {
        changes = [
          ...changes,
          {
            id: 'c2',
            ...knob,
            before: '100',
            now: knob.value,
            drifted: false,
            kept: false,
            secondsLeft: seconds,
            trial: false,
          },
        ]
        return ok({ id: 'c2', before: '100', after: knob.value })
      },
    ],
    [
      'POST',
      /^\/tuning\/changes\/([^/]+)\/keep$/,
      params =>
        change(params, id =>
          changes.map(one => (one.id === id ? { ...one, kept: true, secondsLeft: 0 } : one)),
        ),
    ],
    [
      'POST',
      /^\/tuning\/changes\/([^/]+)\/revert$/,
      params => change(params, id => changes.filter(one => one.id !== id)),
    ],
    [
      'POST',
      /^\/tuning\/stop$/,
      () =>
        done(() => {
          stopped = true
          changes = changes.filter(one => one.kept)
        }),
    ],
    [
      'POST',
      /^\/tuning\/resume$/,
      () =>
        done(() => {
          stopped = false
        }),
    ],
    ['GET', /^\/tuning\/trials$/, () => ok({ trials })],
    [
      'POST',
      /^\/tuning\/trials$/,
      (_, { host, action, target, value, finding, drain }) => {
        const begun = trial('t9', {
          ...running,
          host,
          action,
          target,
          value,
          finding,
          drained: drain === true,
          beganAt: clock() - 320_000,
        })
        trials.unshift(begun)
        return ok(detailOf(begun))
      },
    ],
    [
      'GET',
      /^\/tuning\/trials\/([^/]+)$/,
      ([id]) => {
        const one = trials.find(known => known.id === id)
        return one === undefined
          ? error(404, 'not_found', `There is no trial with the id '${id}'.`)
          : ok(detailOf(one))
      },
    ],
    [
      'POST',
      /^\/tuning\/trials\/([^/]+)\/abort$/,
      ([id]) =>
        done(() => {
          const one = trials.find(known => known.id === id)
          Object.assign(one, {
            phase: 'ended',
            verdict: 'aborted',
            endedAt: clock(),
            reason: 'aborted by admin; the old value is back',
            reasons: [
              { code: 'ended_by', values: ['admin'] },
              { code: 'old_value_back', values: [] },
            ],
          })
        }),
    ],
    ['GET', /^\/tuning\/trials\/([^/]+)\/rollout$/, () => ok({ rollout })],
    [
      'POST',
      /^\/tuning\/trials\/([^/]+)\/rollout$/,
      ([id]) => {
        const on = (host, standing, more) => ({ host, standing, trial: '', detail: '', reasons: [], ...more })
        rollout = {
          id,
          by: 'admin',
          state: 'running',
          hosts: [
            on('web-1', 'helped', { trial: 't4' }),
            on('web-2', 'trying', { trial: 't1' }),
            on('web-3', 'left_out', {
              detail: 'it is 4096 already',
              reasons: [{ code: 'is_so_already', values: ['4096'] }],
            }),
            on('web-4', 'waiting'),
          ],
          reason: '',
          reasons: [],
          beganAt: clock() - 60_000,
          endedAt: null,
        }
        return ok(rollout)
      },
    ],
    [
      'POST',
      /^\/tuning\/trials\/([^/]+)\/rollout\/stop$/,
      () => {
        rollout = {
          ...rollout,
          state: 'stopped',
          reason: 'stopped by admin',
          reasons: [{ code: 'stopped_by', values: ['admin'] }],
          endedAt: clock(),
        }
        return ok(rollout)
      },
    ],
    [
      'GET',
      /^\/tuning\/history$/,
      () =>
        ok({
          knobs: [
            {
              action: KNOB,
              helped: 3,
              harmed: 1,
              noEvidence: 2,
              notTried: 1,
              aborted: 0,
              kept: 3,
              medianEffect: 0.31,
              hosts: [
                { host: 'keel-01', helped: 2, harmed: 1, noEvidence: 1, medianEffect: 0.31 },
                { host: 'web-1', helped: 1, harmed: 0, noEvidence: 1, medianEffect: null },
              ],
            },
          ],
        }),
    ],
    [
      'GET',
      /^\/findings\/([^/]+)\/proposals$/,
      ([id]) => {
        const host = id === 'f1' ? 'keel-01' : 'web-1'
        const problem = host === 'web-1' ? 'this server’s policy is to observe only' : ''
        return ok({
          proposals: [
            {
              advice: 0,
              host,
              action: 'CPUWeight',
              target: 'batch.service',
              from: '100',
              to: '50',
              risk: 'medium',
              problem,
              problemText: both(problem, problem === '' ? '' : '该服务器的策略只允许观察'),
              measure,
              sought: 0.1,
            },
          ],
        })
      },
    ],
  ]
}
