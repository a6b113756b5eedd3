import { FLEET_COLUMNS, FLEET_STATUSES, type FleetColumn, type FleetFilter } from '../../api/fleet'

export type FleetView = 'cards' | 'table'
export const METRICS = ['cpu', 'memory', 'disk', 'network'] as const
export type Metric = (typeof METRICS)[number]

/** What the address of the fleet says beside range and look. */
export interface FleetState {
  readonly q?: string
  readonly view?: FleetView
  readonly status?: string
  readonly group?: string
  readonly tag?: string
  readonly agent?: 'outdated'
  readonly sort?: string
  readonly page?: string
  /** The metric whose chart over the servers is open. */
  readonly chart?: Metric
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined

const oneOf = <T extends string>(value: unknown, all: readonly T[]): T | undefined =>
  all.find(one => one === value)

/** Reads the address; what it cannot read is left out. */
export function parseFleet(search: Readonly<Record<string, unknown>>): FleetState {
  const status = text(search.status)
    ?.split(',')
    .filter(word => FLEET_STATUSES.some(known => known === word))
    .join(',')
  const sort = text(search.sort)
  const page = text(search.page)
  return Object.fromEntries(
    Object.entries({
      q: text(search.q),
      view: oneOf(search.view, ['cards', 'table'] as const),
      status: status === '' ? undefined : status,
      group: text(search.group),
      tag: text(search.tag),
      agent: oneOf(search.agent, ['outdated'] as const),
      sort: sort !== undefined && oneOf(sort.replace('-', ''), FLEET_COLUMNS) ? sort : undefined,
      page: page !== undefined && /^[1-9]\d{0,4}$/.test(page) ? page : undefined,
      chart: oneOf(search.chart, METRICS),
    }).filter(([, value]) => value !== undefined),
  )
}

/** What the hub is asked. */
export function filterOf({
  q,
  status,
  group,
  tag,
  agent,
  sort,
  page,
}: { readonly [K in keyof FleetState]?: FleetState[K] | undefined }): FleetFilter {
  return {
    ...(q === undefined ? {} : { q }),
    ...(status === undefined ? {} : { status }),
    ...(group === undefined ? {} : { group }),
    ...(tag === undefined ? {} : { tag }),
    ...(agent === undefined ? {} : { agent }),
    ...(sort === undefined ? {} : { sort }),
    ...(page === undefined ? {} : { page: Number(page) }),
  }
}

/** Words in ascending order first, figures in descending order first; the same column again turns it. */
export function nextSort(current: string | undefined, column: FleetColumn): string | undefined {
  if (column === 'status') return undefined
  const first = column === 'name' || column === 'group' ? column : `-${column}`
  if (current !== first) return first
  return first.startsWith('-') ? column : `-${column}`
}
