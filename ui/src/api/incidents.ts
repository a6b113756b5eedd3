import { queryOptions } from '@tanstack/react-query'
import type { Labels } from '../lib/labels'
import type { Message } from './channels'
import { call } from './client'

export type IncidentState = 'open' | 'acknowledged' | 'resolved' | 'closed'

export interface Incident {
  readonly id: string
  readonly title: string
  /** What it is about, such as a host. */
  readonly subject: string
  readonly severity: string
  readonly labels: Labels
  readonly state: IncidentState
  readonly openedAt: number
  readonly resolvedAt: number | null
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
  readonly acknowledgedUntil: number | null
  readonly assignee: string | null
  readonly suppressedBy: string | null
  readonly escalated: number
  readonly flapping: boolean
}

export interface IncidentAlert {
  readonly ruleId: string
  readonly fingerprint: string
  readonly labels: Labels
  readonly annotations: Labels
  /** What the rule measures, for a chart. */
  readonly signal: string
  /** The threshold as people read it, such as `> 0.9`; may be empty. */
  readonly condition: string
  readonly value: number | null
  readonly firing: boolean
  readonly startsAt: number
  readonly endsAt: number | null
}

export interface IncidentEvent {
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly detail: string
}

export interface IncidentLine {
  readonly incident: Incident
  readonly firing: number
  readonly first: IncidentAlert | null
  readonly willTell: readonly string[]
}

export interface IncidentList {
  readonly incidents: readonly IncidentLine[]
  readonly statistics: {
    readonly meanToAcknowledgeMillis: number | null
    readonly meanToResolveMillis: number | null
  }
}

export interface IncidentDetail {
  readonly incident: Incident
  readonly alerts: readonly IncidentAlert[]
  readonly events: readonly IncidentEvent[]
  readonly willTell: readonly string[]
  readonly messages: readonly Message[]
}

export interface IncidentFilter {
  readonly state: string
  readonly severity: string
  readonly q: string
  /** Incidents that were open at some time since then, epoch milliseconds. */
  readonly from: number | null
}

export const incidentsQuery = (filter: IncidentFilter) =>
  queryOptions({
    queryKey: ['incidents', filter],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams()
      if (filter.state !== '') params.set('state', filter.state)
      if (filter.severity !== '') params.set('severity', filter.severity)
      if (filter.q !== '') params.set('q', filter.q)
      if (filter.from !== null) params.set('from', String(filter.from))
      return call<IncidentList>('GET', `/incidents?${params}`, undefined, signal)
    },
    refetchInterval: 5_000,
    placeholderData: before => before,
  })

const path = (id: string): string => `/incidents/${encodeURIComponent(id)}`

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ['incidents', id],
    queryFn: ({ signal }) => call<IncidentDetail>('GET', path(id), undefined, signal),
    refetchInterval: 5_000,
  })

/** `minutes` 0 is for without an end. */
export const acknowledge = (id: string, minutes: number): Promise<Incident> =>
  call('POST', `${path(id)}/acknowledge`, { minutes })
export const assign = (id: string, assignee: string): Promise<Incident> =>
  call('POST', `${path(id)}/assign`, { assignee })
export const comment = (id: string, text: string): Promise<Incident> =>
  call('POST', `${path(id)}/comment`, { text })

export interface LabelMatcher {
  readonly name: string
  readonly operator: string
  readonly value: string
}

export interface Schedule {
  readonly startsAt: number
  readonly endsAt: number | null
  readonly days: readonly string[]
  readonly from: string | null
  readonly minutes: number
  readonly zone: string | null
}

export interface Silence {
  readonly id: string
  readonly matchers: readonly LabelMatcher[]
  readonly schedule: Schedule
  readonly maintenance: boolean
  readonly comment: string
  readonly createdBy: string
  readonly createdAt: number
}

export interface NewSilence {
  readonly matchers: readonly LabelMatcher[]
  readonly schedule: Schedule
  readonly maintenance: boolean
  readonly comment: string
}

export const silencesQuery = queryOptions({
  queryKey: ['silences'],
  queryFn: async ({ signal }) =>
    (await call<{ silences: { silence: Silence; active: boolean }[] }>('GET', '/silences', undefined, signal))
      .silences,
  refetchInterval: 30_000,
})
export const addSilence = (silence: NewSilence): Promise<Silence> => call('POST', '/silences', silence)
export const endSilence = (id: string): Promise<void> => call('DELETE', `/silences/${encodeURIComponent(id)}`)

export interface Step {
  readonly afterSeconds: number
  readonly channels: readonly string[]
}

/** A node of the routing tree; what it leaves empty it takes from its parent. */
export interface RouteNode {
  readonly matchers: readonly LabelMatcher[]
  readonly channels: readonly string[]
  readonly groupBy: readonly string[]
  readonly goOn: boolean
  readonly repeatSeconds: number
  readonly escalation: readonly Step[]
  readonly muteTimes: readonly string[]
  readonly routes: readonly RouteNode[]
}

export interface Inhibition {
  readonly source: readonly LabelMatcher[]
  readonly target: readonly LabelMatcher[]
  readonly equal: readonly string[]
}

export interface MuteTime {
  readonly name: string
  readonly schedules: readonly Schedule[]
}

export interface Routing {
  readonly root: RouteNode
  readonly inhibitions: readonly Inhibition[]
  readonly muteTimes: readonly MuteTime[]
}

/** Where an alert with some labels would go. */
export interface Destination {
  readonly channels: readonly string[]
  readonly groupBy: readonly string[]
  readonly repeatSeconds: number
  readonly escalation: readonly Step[]
  /** Why nobody would be told now; null when people would be. */
  readonly quiet: string | null
}

export const routingQuery = queryOptions({
  queryKey: ['settings', 'routing'],
  queryFn: ({ signal }) => call<Routing>('GET', '/settings/routing', undefined, signal),
})
export const writeRouting = (routing: Routing): Promise<Routing> => call('PUT', '/settings/routing', routing)
export const whereTo = (routing: Routing, labels: Labels): Promise<Destination> =>
  call('POST', '/settings/routing/test', { routing, labels })
