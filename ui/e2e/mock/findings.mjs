// Diagnosis' part of the contract: one finding that is there, one that is over, and a verdict.
const both = (en, zh) => ({ en, zh })

export function findingRoutes({ ok, error, clock }) {
  const busy = {
    what: both('CPU busy', '处理器占用'),
    value: 0.97,
    unit: 'ratio',
    threshold: 0.9,
    above: true,
    met: true,
    query: 'node_load1',
  }
  const waiting = {
    ...busy,
    what: both('tasks waiting for CPU (PSI some)', '任务等待处理器(PSI some)'),
    value: 0.54,
    threshold: 0.2,
    query: '',
  }
  const cpu = {
    cause: 'cpu_saturation',
    tier: 'saturation',
    title: both('CPU saturated', '处理器饱和'),
    subject: '',
    confidence: 0.87,
    evidence: [busy, waiting],
    culprit: { unit: 'batch.service', process: 'java', user: 'batch', amount: 1.92, of: 'cores' },
    advice: [
      {
        knob: { name: 'CPUWeight', target: 'batch.service', from: '100', to: '50', least: 10, most: 100 },
        risk: 'medium',
        why: both(
          'gives batch.service half the share of the others while CPU is short',
          '处理器紧张时,让 batch.service 只占其他单元一半的份额',
        ),
        source: 'https://docs.kernel.org/admin-guide/cgroup-v2.html',
      },
      {
        knob: null,
        risk: 'high',
        why: both(
          'Profile the process at the top, or add processors.',
          '对占用最多的进程做性能剖析,或增加处理器。',
        ),
        source: 'https://www.brendangregg.com/usemethod.html',
      },
    ],
    explains: [],
  }
  const disk = {
    ...cpu,
    cause: 'disk_full',
    tier: 'errors',
    title: both('Disk full or nearly', '磁盘空间将满'),
    subject: '/var',
    culprit: null,
    evidence: [
      {
        ...busy,
        what: both('space left', '剩余空间'),
        value: 0.031,
        threshold: 0.05,
        above: false,
        query: '',
      },
    ],
  }
  const findings = [
    {
      id: 'f1',
      host: 'web-1',
      beganAt: clock() - 1_260_000,
      seenAt: clock() - 4_000,
      endedAt: null,
      finding: cpu,
    },
    {
      id: 'f2',
      host: 'db-1',
      beganAt: clock() - 9_000_000,
      seenAt: clock() - 5_400_000,
      endedAt: clock() - 5_400_000,
      finding: disk,
    },
  ]
  const exonerated = [
    {
      cause: 'memory_reclaim',
      title: both('Memory pressure: reclaim stalls', '内存紧张:回收引起停顿'),
      evidence: [
        { ...busy, what: both('tasks waiting for memory (PSI)', '任务等待内存(PSI)'), value: 0, met: false },
      ],
      headroom: 1,
    },
  ]
  const unknown = [
    {
      cause: 'nic_saturation',
      title: both('Network interface saturated', '网卡饱和'),
      reason: both("not measured here: of the link's speed", '此处没有该数据:占链路速率'),
    },
  ]
  return [
    ['GET', /^\/findings$/, () => ok({ findings })],
    [
      'GET',
      /^\/findings\/([^/]+)$/,
      ([id]) => {
        const finding = findings.find(one => one.id === id)
        if (finding === undefined) return error(404, 'not_found', `There is no finding with the id '${id}'.`)
        return ok({ finding, exonerated, unknown, notes: [both('the window is short', '窗口过短')] })
      },
    ],
    [
      'GET',
      /^\/hosts\/([^/]+)\/verdict$/,
      () =>
        ok({
          fromMillis: clock() - 60_000,
          toMillis: clock(),
          findings: [cpu],
          exonerated,
          unknown,
          notes: [],
        }),
    ],
  ]
}
