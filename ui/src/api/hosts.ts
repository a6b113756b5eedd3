import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

export type HostStatus = 'ok' | 'late' | 'silent'

export interface Host {
  readonly id: string
  /** The instance label of its series. */
  readonly name: string
  readonly os: string | null
  readonly kernel: string | null
  readonly arch: string | null
  readonly cores: number | null
  readonly memoryBytes: number | null
  readonly bootedAt: number | null
  readonly agentVersion: string | null
  readonly periodMillis: number
  readonly lastSampleAt: number | null
  readonly status: HostStatus
  /** The hub's own machine. */
  readonly self: boolean
}

export interface Collector {
  readonly name: string
  readonly state: 'ok' | 'unavailable' | 'failing'
  readonly reason: string | null
  readonly durationMillis: number | null
}

export type CollectionScope = 'host' | 'group'

/** How a server or a group is measured; null leaves it to the wider setting. */
export interface OwnCollection {
  readonly periodSeconds: number | null
  readonly switchedOff: readonly string[] | null
}

/** How a server is measured, and for what that is set. */
export interface HostCollection {
  readonly host: OwnCollection
  readonly group: OwnCollection | null
  readonly groupName: string
  readonly periodSeconds: number
  readonly periodFrom: CollectionScope | null
  readonly switchedOff: readonly string[]
  readonly switchedOffFrom: CollectionScope | null
}

export type Signal = 'cpu' | 'memory' | 'disk' | 'network'

export interface Suspect {
  readonly signal: Signal
  readonly at: number
  readonly value: number
  readonly median: number
}

/** What cleaning did with the samples of the last 24 hours. */
export interface Quality {
  readonly rejected: readonly { readonly reason: string; readonly count: number }[]
  readonly resets: number
  readonly suspects: readonly Suspect[]
}

const path = (id: string): string => `/hosts/${encodeURIComponent(id)}`

export const hostsQuery = queryOptions({
  queryKey: ['hosts'],
  queryFn: async ({ signal }) => (await call<{ hosts: Host[] }>('GET', '/hosts', undefined, signal)).hosts,
  refetchInterval: 30_000,
})

export const hostQuery = (id: string) =>
  queryOptions({
    queryKey: ['hosts', id],
    queryFn: ({ signal }) => call<Host>('GET', path(id), undefined, signal),
    refetchInterval: 30_000,
  })

export const collectorsQuery = (id: string) =>
  queryOptions({
    queryKey: ['hosts', id, 'collectors'],
    queryFn: async ({ signal }) =>
      (await call<{ collectors: Collector[] }>('GET', `${path(id)}/collectors`, undefined, signal))
        .collectors,
    refetchInterval: 60_000,
  })

export const collectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['hosts', id, 'collection'],
    queryFn: ({ signal }) => call<HostCollection>('GET', `${path(id)}/collection`, undefined, signal),
    // A form begins with what holds now, not with what held when it was open last.
    gcTime: 0,
  })
export const writeHostCollection = (id: string, own: OwnCollection): Promise<HostCollection> =>
  call('PUT', `${path(id)}/collection`, own)
export const writeGroupCollection = (group: string, own: OwnCollection): Promise<OwnCollection> =>
  call('PUT', `/groups/${encodeURIComponent(group)}/collection`, own)

export const qualityQuery = (id: string) =>
  queryOptions({
    queryKey: ['hosts', id, 'quality'],
    queryFn: ({ signal }) => call<Quality>('GET', `${path(id)}/quality`, undefined, signal),
    refetchInterval: 30_000,
  })
