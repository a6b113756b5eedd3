import type { Panel } from '../../charts/panels'
import { escapeMatcherValue, labelKey } from '../../lib/labels'

/** The gateway's figures are stored every ten seconds: a minute holds enough of them for a rate. */
const WINDOW = '[1m]'

/** What a backend's series are called in every chart, so that it has one colour on the page. */
export const seriesKey = (backend: string): string => `backend:${labelKey({ backend })}`

/** The charts of a pool, each with a line for every backend: what all gateways that serve it have sent there. */
export function poolPanels(pool: string): readonly Panel[] {
  const at = `job="evenkeel",pool="${escapeMatcherValue(pool)}"`
  const requests = (more = '') =>
    `sum by (backend) (rate(evenkeel_gateway_requests_total{${at}${more}}${WINDOW}))`
  const quantile = (q: number) =>
    `histogram_quantile(${q}, sum by (backend, le) (rate(evenkeel_gateway_request_duration_seconds_bucket{${at}}${WINDOW})))`
  const each = { name: '{{backend}}' }
  const base = { kind: 'line', collector: 'gateway', rest: 'omit' } as const
  return [
    {
      ...base,
      id: 'lb-requests',
      title: 'panel.lb.requests',
      unit: 'perSecond',
      kind: 'stacked',
      queries: [{ id: 'backend', expr: requests(), ...each }],
    },
    {
      ...base,
      id: 'lb-latency',
      title: 'panel.lb.latency',
      unit: 'seconds',
      queries: [{ id: 'backend', expr: quantile(0.99), ...each }],
    },
    {
      ...base,
      id: 'lb-errors',
      title: 'panel.lb.errors',
      unit: 'percent',
      queries: [
        {
          id: 'backend',
          expr: `100 * ${requests(',code=~"5xx|none"')} / ${requests()}`,
          ...each,
        },
      ],
    },
    {
      ...base,
      id: 'lb-median',
      title: 'panel.lb.median',
      unit: 'seconds',
      queries: [{ id: 'backend', expr: quantile(0.5), ...each }],
    },
    {
      ...base,
      id: 'lb-in-flight',
      title: 'panel.lb.inFlight',
      unit: 'count',
      queries: [
        {
          id: 'backend',
          expr: `sum by (backend) (evenkeel_gateway_backend_requests_in_flight{${at}})`,
          ...each,
        },
      ],
    },
    {
      ...base,
      id: 'lb-weight',
      title: 'panel.lb.weight',
      unit: 'count',
      queries: [
        { id: 'backend', expr: `avg by (backend) (evenkeel_gateway_backend_weight{${at}})`, ...each },
      ],
    },
  ]
}
