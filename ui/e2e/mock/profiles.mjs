// Profiles' part of the contract: one that is done, one that failed, and the stacks of the first.
const STACKS = [
  ['java.lang.Thread.run_[j];shop.Orders.handle_[j];shop.Prices.sum_[j]', 480, 300],
  ['java.lang.Thread.run_[j];shop.Orders.handle_[j];java.util.HashMap.get_[j]', 160, 220],
  ['java.lang.Thread.run_[j];shop.Orders.handle_[j];read;ksys_read_[k];copy_user_generic_[k]', 90, 120],
  ['start_thread;G1ConcurrentRefine::run', 40, 70],
]

export function profileRoutes({ ok, error, clock }) {
  const one = {
    id: 'p1',
    hostId: 'h1',
    host: 'web-1',
    pid: 4242,
    comm: 'java',
    kind: 'cpu',
    seconds: 30,
    askedBy: 'admin',
    askedAt: clock() - 600_000,
    finding: 'f1',
    state: 'done',
    failed: null,
    result: {
      engine: 'jfr',
      comm: 'java',
      beganAt: clock() - 600_000,
      lengthMillis: 30_010,
      unit: 'samples',
      periodNanos: 10_000_000,
      total: 770,
      stacks: 4,
      targetCpuSeconds: 7.9,
      ownCpuSeconds: 0.06,
      foldCpuSeconds: 2.1,
      notes: [{ code: 'deep_stacks', detail: '12 %' }],
      memory: [],
    },
  }
  const profiles = [
    one,
    { ...one, id: 'p2', finding: '', askedAt: clock() - 4_000_000 },
    {
      ...one,
      id: 'p5',
      kind: 'memory',
      finding: '',
      result: {
        ...one.result,
        engine: 'maps',
        unit: 'bytes',
        memory: Array.from({ length: 31 }, (_, i) => ({
          offsetMillis: 1000 * i,
          residentBytes: 400_000_000 + 3_000_000 * i - 20_000_000 * Math.floor(i / 12),
          proportionalBytes: null,
        })),
      },
    },
    {
      ...one,
      id: 'p3',
      finding: '',
      comm: 'nginx',
      state: 'failed',
      failed: { code: 'perf_forbidden', detail: 'sudo sysctl kernel.perf_event_paranoid=2' },
      result: null,
    },
  ]
  const text = lines => ({ status: 200, text: lines.map(line => `${line.join(' ')}\n`).join('') })
  return [
    [
      'GET',
      /^\/profiles$/,
      (_, __, query) => {
        const finding = query.get('finding')
        return ok({ profiles: profiles.filter(one => finding === null || one.finding === finding) })
      },
    ],
    [
      'POST',
      /^\/profiles$/,
      (_, wanted) => {
        const begun = { ...one, ...wanted, id: 'p4', comm: wanted.process, state: 'running', result: null }
        profiles.unshift(begun)
        return ok(begun)
      },
    ],
    [
      'GET',
      /^\/profiles\/([^/]+)$/,
      ([id]) => {
        const found = profiles.find(profile => profile.id === id)
        return found === undefined
          ? error(404, 'not_found', `There is no profile with the id '${id}'.`)
          : ok(found)
      },
    ],
    ['GET', /^\/profiles\/[^/]+\/collapsed$/, () => text(STACKS.map(([stack, now]) => [stack, now]))],
    [
      'GET',
      /^\/profiles\/[^/]+\/difference$/,
      () => text(STACKS.map(([stack, now, was]) => [stack, was, now])),
    ],
  ]
}
