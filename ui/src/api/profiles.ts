import { queryOptions } from '@tanstack/react-query'
import { call, callText } from './client'

export const PROFILE_KINDS = ['cpu', 'mixed', 'wall', 'allocation', 'lock', 'memory'] as const
export type ProfileKind = (typeof PROFILE_KINDS)[number]

/** Something to know about a profile; the detail is a command to type or a program's own words. */
export interface ProfileNote {
  readonly code: string
  readonly detail: string
}

export interface Profile {
  readonly id: string
  readonly hostId: string
  readonly host: string
  readonly pid: number
  readonly comm: string
  readonly kind: ProfileKind
  readonly seconds: number
  readonly askedBy: string
  readonly askedAt: number
  readonly finding: string
  readonly state: 'running' | 'done' | 'failed'
  readonly failed: ProfileNote | null
  readonly result: {
    readonly engine: string
    readonly comm: string
    readonly beganAt: number
    readonly lengthMillis: number
    readonly unit: 'samples' | 'bytes' | 'nanoseconds'
    readonly periodNanos: number
    readonly total: number
    readonly stacks: number
    readonly targetCpuSeconds: number
    readonly ownCpuSeconds: number | null
    readonly foldCpuSeconds: number | null
    readonly notes: readonly ProfileNote[]
    readonly memory: readonly {
      readonly offsetMillis: number
      readonly residentBytes: number
      readonly proportionalBytes: number | null
    }[]
  } | null
}

const WHILE_RUNNING = 1_000
const AT_REST = 15_000

/** The newest profiles; those that were taken from one finding when it is named. */
export const profilesQuery = (finding = '') =>
  queryOptions({
    queryKey: ['profiles', 'list', finding],
    queryFn: async ({ signal }) =>
      (
        await call<{ profiles: Profile[] }>(
          'GET',
          `/profiles?${new URLSearchParams(finding === '' ? {} : { finding })}`,
          undefined,
          signal,
        )
      ).profiles,
    refetchInterval: query =>
      query.state.data?.some(one => one.state === 'running') === true ? WHILE_RUNNING : AT_REST,
  })

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id],
    queryFn: ({ signal }) => call<Profile>('GET', `/profiles/${encodeURIComponent(id)}`, undefined, signal),
    refetchInterval: query => (query.state.data?.state === 'running' ? WHILE_RUNNING : false),
  })

/** A profile's stacks as text; beside those of another when a base is named. */
export const stacksQuery = (id: string, base: string | undefined) =>
  queryOptions({
    queryKey: ['profiles', id, 'stacks', base],
    queryFn: ({ signal }) => callText(base === undefined ? stacksPath(id) : differencePath(id, base), signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

const stacksPath = (id: string) => `/profiles/${encodeURIComponent(id)}/collapsed`
const differencePath = (id: string, base: string) =>
  `/profiles/${encodeURIComponent(id)}/difference?base=${encodeURIComponent(base)}`

export const downloadAddress = (id: string, form: 'collapsed' | 'pprof') =>
  `/api/hub/v1/profiles/${encodeURIComponent(id)}/${form}`

export interface WantedProfile {
  readonly host: string
  readonly pid: number
  readonly process: string
  readonly kind: ProfileKind
  readonly seconds: number
  readonly finding: string
}

export const startProfile = (wanted: WantedProfile) => call<Profile>('POST', '/profiles', wanted)
