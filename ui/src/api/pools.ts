import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

export interface Backend {
  readonly name: string
  readonly address: string
  /** The monitored host it runs on; empty when none is named. */
  readonly host: string
  /** What it gets now, less than `setWeight` while it starts slowly. */
  readonly weight: number
  readonly setWeight: number
  readonly configuredWeight: number
  readonly draining: boolean
  readonly up: boolean
  readonly circuit: 'closed' | 'open' | 'half_open'
  readonly lastFailure: string
  readonly inFlight: number
  readonly requests: number
  readonly errors: number
  readonly retries: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Its part of the pool's requests since the balancer's start, 0 to 1. */
  readonly share: number | null
  /** The part that its weight asks for; null when the policy goes by load. */
  readonly expectedShare: number | null
  /** Seconds. */
  readonly p50: number | null
  readonly p99: number | null
}

export interface Pool {
  readonly name: string
  /** The HAProxy process that serves it; empty for the hub's own balancer. */
  readonly engine: string
  readonly policy: string
  readonly followHealth: boolean
  readonly panicking: boolean
  readonly waiting: number
  readonly shed: number
  readonly backends: readonly Backend[]
}

/** An HAProxy process that is steered. */
export interface Engine {
  readonly name: string
  /** Empty before it was reached. */
  readonly version: string
  readonly isReached: boolean
  readonly problems: readonly string[]
}

export interface Pools {
  readonly origin: 'none' | 'settings' | 'file'
  /** Why the configuration is not in force; empty when it is. */
  readonly problems: readonly string[]
  readonly listeners: Readonly<Record<string, string>>
  readonly engines: readonly Engine[]
  readonly pools: readonly Pool[]
}

export type WeightReason =
  | 'overloaded'
  | 'above_average'
  | 'below_average'
  | 'stale_data'
  | 'set_by_hand'
  | 'configured'

export interface WeightChange {
  readonly backend: string
  readonly from: number
  readonly to: number
  readonly reason: WeightReason
  /** Of the backend's host, 0 to 1, when that was the reason. */
  readonly utilisation: number | null
  readonly average: number | null
  readonly at: number
}

export interface Configuration {
  readonly origin: Pools['origin']
  readonly text: string
  readonly file: string
  readonly problems: readonly string[]
}

export const poolsQuery = queryOptions({
  queryKey: ['pools'],
  queryFn: ({ signal }) => call<Pools>('GET', '/pools', undefined, signal),
  refetchInterval: 2_000,
})

/** A gateway of its own that this hub steers. */
export interface Gateway {
  readonly name: string
  readonly state: 'steered' | 'behind' | 'refusing' | 'stopped' | 'silent'
  /** From where it reports. */
  readonly address: string
  readonly version: string
  readonly problems: readonly string[]
  readonly listeners: Readonly<Record<string, string>>
  /** The pools that it serves. */
  readonly pools: readonly string[]
  /** Answered since its start. */
  readonly requests: number
  readonly inFlight: number
  readonly connections: number
  readonly lastAt: number
}

export const gatewaysQuery = queryOptions({
  queryKey: ['gateways'],
  queryFn: async ({ signal }) =>
    (await call<{ gateways: Gateway[] }>('GET', '/gateways', undefined, signal)).gateways,
  refetchInterval: 2_000,
})

export const weightChangesQuery = (pool: string) =>
  queryOptions({
    queryKey: ['pools', pool, 'weight-changes'],
    queryFn: async ({ signal }) =>
      (
        await call<{ changes: WeightChange[] }>(
          'GET',
          `/pools/${encodeURIComponent(pool)}/weight-changes`,
          undefined,
          signal,
        )
      ).changes,
    refetchInterval: 5_000,
  })

export const configurationQuery = queryOptions({
  queryKey: ['gateway'],
  queryFn: ({ signal }) => call<Configuration>('GET', '/gateway', undefined, signal),
})

const path = (pool: string, backend: string): string =>
  `/pools/${encodeURIComponent(pool)}/backends/${encodeURIComponent(backend)}`

export const drain = (pool: string, backend: string, draining: boolean): Promise<Pool> =>
  call('PUT', `${path(pool, backend)}/drain`, { draining })

export const weigh = (pool: string, backend: string, weight: number): Promise<Pool> =>
  call('PUT', `${path(pool, backend)}/weight`, { weight })

export const configure = (text: string): Promise<Configuration> => call('PUT', '/gateway', { text })
