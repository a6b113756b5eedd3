import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Host } from './hosts'

export type FleetStatus = 'down' | 'critical' | 'warning' | 'maintenance' | 'ok'
/** The most pressing first. */
export const FLEET_STATUSES: readonly FleetStatus[] = ['down', 'critical', 'warning', 'maintenance', 'ok']

export const FLEET_COLUMNS = ['status', 'name', 'group', 'cpu', 'memory', 'disk', 'network', 'seen'] as const
export type FleetColumn = (typeof FLEET_COLUMNS)[number]

/** How busy a host was when it reported last; shares are 0–1. */
export interface HostSignals {
  readonly cpu: number | null
  readonly memory: number | null
  readonly disk: number | null
  readonly mount: string | null
  readonly networkBytesPerSecond: number | null
}

export interface HostAttributes {
  readonly group: string
  readonly owner: string
  readonly tags: readonly string[]
}

export interface Worst {
  readonly rule: string
  readonly severity: string
  readonly summary: string
  readonly summaryZh: string
  readonly since: number
}

export interface FleetHost {
  readonly host: Host & { readonly signals: HostSignals }
  readonly attributes: HostAttributes
  readonly status: FleetStatus
  readonly worst: Worst | null
  readonly alerts: number
  readonly simulated: boolean
  /** Its agent has a certificate of this hub. */
  readonly enrolled: boolean
  /** Its agent is of an older version than the hub. */
  readonly outdated: boolean
}

export interface FleetAnswer {
  readonly total: number
  readonly matched: number
  readonly statuses: Readonly<Record<string, number>>
  readonly groups: Readonly<Record<string, number>>
  readonly tags: Readonly<Record<string, number>>
  readonly owners: Readonly<Record<string, number>>
  /** How many agents are older than the hub. */
  readonly outdated: number
  readonly version: string
  /** Servers that were retired, which are not listed here. */
  readonly retired: number
  readonly cores: number
  readonly memoryBytes: number
  readonly usedCores: number
  readonly usedMemoryBytes: number
  readonly hosts: readonly FleetHost[]
}

/** What of the fleet is asked for; the hub filters, sorts and pages. */
export interface FleetFilter {
  readonly q?: string
  readonly status?: string
  readonly group?: string
  readonly tag?: string
  readonly agent?: string
  readonly sort?: string
  readonly page?: number
}

export const PAGE_SIZE = 60

export const fleetQuery = (filter: FleetFilter) =>
  queryOptions({
    queryKey: ['fleet', filter],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams({ limit: String(PAGE_SIZE) })
      for (const [key, value] of Object.entries(filter))
        if (value !== undefined) params.set(key, String(value))
      return call<FleetAnswer>('GET', `/fleet?${params}`, undefined, signal)
    },
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  })

/** One letter for each half hour of a day: ok, warning, critical, down, or a dot. */
export const stripsQuery = (names: readonly string[]) =>
  queryOptions({
    queryKey: ['fleet-strips', names],
    queryFn: async ({ signal }) => {
      const params = new URLSearchParams()
      for (const name of names) params.append('names', name)
      return (
        await call<{ strips: Readonly<Record<string, string>> }>(
          'GET',
          `/fleet/strips?${params}`,
          undefined,
          signal,
        )
      ).strips
    },
    enabled: names.length > 0,
    staleTime: 60_000,
    refetchInterval: 120_000,
    placeholderData: keepPreviousData,
  })

export const writeAttributes = (id: string, attributes: HostAttributes): Promise<HostAttributes> =>
  call('PUT', `/hosts/${encodeURIComponent(id)}/attributes`, attributes)
