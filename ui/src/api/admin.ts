import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Role } from './session'

export interface User {
  readonly name: string
  readonly role: Role
  readonly createdAt: number
  readonly lastLoginAt: number | null
}

export interface Token {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly scope: 'api' | 'ingest' | 'gateway'
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

export interface AuditEntry {
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly target: string | null
  readonly detail: string | null
}

export interface Status {
  readonly version: string
  readonly startedAt: number
  readonly uptimeMillis: number
  readonly series: number | null
  readonly samplesPerSecond: number | null
  readonly samplesTotal: number | null
  readonly storageBytes: number | null
  /** How many days of raw samples there will be at the present rate. */
  readonly daysToKeep: number | null
  /** Whether the store takes no samples for now. */
  readonly readOnly: boolean
  readonly diskFreeBytes: number | null
  readonly rssBytes: number | null
  readonly heapBytes: number | null
  /** How many of the steps of range queries were answered from the cache. */
  readonly queryCacheHitPercent: number | null
  /** null where the cache is off. */
  readonly queryCacheBytes: number | null
  readonly eventToChart: {
    readonly count: number
    readonly p50Millis: number | null
    readonly p99Millis: number | null
  } | null
  readonly eventToNotification: { readonly count: number; readonly p99Millis: number | null } | null
  readonly eventToResolved: { readonly count: number; readonly p99Millis: number | null } | null
  readonly java: string | null
}

export const PERIODS_SECONDS = [1, 2, 5, 10, 15, 30, 60] as const

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await call<{ users: User[] }>('GET', '/users', undefined, signal)).users,
})
export const addUser = (name: string, password: string, role: Role): Promise<void> =>
  call('POST', '/users', { name, password, role })
export const removeUser = (name: string): Promise<void> =>
  call('DELETE', `/users/${encodeURIComponent(name)}`)
export const changeRole = (name: string, role: Role): Promise<void> =>
  call('PUT', `/users/${encodeURIComponent(name)}/role`, { role })

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) =>
    (await call<{ tokens: Token[] }>('GET', '/tokens', undefined, signal)).tokens,
})
export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly scope: 'api' | 'ingest' | 'gateway'
  readonly expiresInDays: number
}
/** The answer holds the secret, which the hub shows this one time only. */
export const addToken = (token: NewToken): Promise<{ id: string; token: string }> =>
  call('POST', '/tokens', token)
export const removeToken = (id: string): Promise<void> => call('DELETE', `/tokens/${encodeURIComponent(id)}`)

export const collectionQuery = queryOptions({
  queryKey: ['settings', 'collection'],
  queryFn: ({ signal }) => call<{ periodSeconds: number }>('GET', '/settings/collection', undefined, signal),
})
export const writeCollection = (periodSeconds: number): Promise<void> =>
  call('PUT', '/settings/collection', { periodSeconds })

export const auditQuery = queryOptions({
  queryKey: ['audit'],
  queryFn: async ({ signal }) =>
    (await call<{ entries: AuditEntry[] }>('GET', '/audit?limit=200', undefined, signal)).entries,
})

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => call<Status>('GET', '/status', undefined, signal),
  refetchInterval: 10_000,
})
