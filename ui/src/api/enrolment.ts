import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from './client'

/** Where agents of other servers come in. */
export interface Door {
  /** null while nothing listens for them. */
  readonly listen: string | null
  readonly port: number
  /** Names and addresses by which other servers may reach the hub, the likeliest first. */
  readonly names: readonly string[]
  readonly fingerprint: string
  /** The kind of machine that gets a Java runtime with the agent. */
  readonly runtime: string
}

export interface EnrolmentLine {
  readonly id: string
  readonly expiresAt: number
  readonly line: string
}

export type LinkState =
  | 'waiting'
  | 'connected'
  | 'catching_up'
  | 'stopped'
  | 'agent_down'
  | 'unreachable'
  | 'silent'

export interface EnrolledServer {
  readonly id: string
  readonly name: string
  /** The id of the token it enrolled with. */
  readonly token: string
  readonly retiredAt: number | null
  readonly link: {
    readonly state: LinkState
    readonly version: string | null
    readonly cloneAddress: string | null
    /** How far its clock is ahead of the hub's. */
    readonly clockOffsetMillis: number
    /** Requests that its full buffer lost since its start. */
    readonly droppedRequests: number
    readonly refusedSamples: number
    /** Why samples were refused in the last minutes; empty when none were. */
    readonly refusal: string
  }
}

export const doorQuery = queryOptions({
  queryKey: ['enrolment'],
  queryFn: ({ signal }) => call<Door>('GET', '/enrolment', undefined, signal),
})
export const openDoor = (listen: string): Promise<Door> => call('PUT', '/enrolment/listen', { listen })
export const newLine = (host: string): Promise<EnrolmentLine> => call('POST', '/enrolment/tokens', { host })
/** Has the hub make what a server fetches ahead; it takes some 20 s, once a start. */
export const archiveQuery = queryOptions({
  queryKey: ['enrolment', 'archive'],
  queryFn: async () => {
    await call<void>('POST', '/enrolment/archive', {})
    return true
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** A part of the enrolled servers, those that were retired last. */
export interface EnrolledServers {
  readonly total: number
  readonly matched: number
  readonly agents: readonly EnrolledServer[]
}

const AGENTS = 'agents'
export const agentsKey = [AGENTS]
/** The enrolled servers whose names hold a text, or that enrolled with a token: the first hundred. */
export const agentsQuery = (filter: { readonly q?: string; readonly token?: string } = {}) =>
  queryOptions({
    queryKey: [AGENTS, filter],
    queryFn: ({ signal }) =>
      call<EnrolledServers>('GET', `/agents?${new URLSearchParams({ ...filter })}`, undefined, signal),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })
const path = (id: string): string => `/agents/${encodeURIComponent(id)}`
export const rename = (id: string, name: string): Promise<EnrolledServer> =>
  call('PUT', `${path(id)}/name`, { name })
export const retire = (id: string): Promise<void> => call('POST', `${path(id)}/retire`, {})
/** Forgets a server, enrolled or not. */
export const forget = (id: string): Promise<void> => call('DELETE', path(id))
