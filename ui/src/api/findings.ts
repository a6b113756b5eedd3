import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

/** A text in both languages. */
export interface BothLanguages {
  readonly en: string
  readonly zh: string
}

export type EvidenceUnit =
  | 'ratio'
  | 'cores'
  | 'bytes'
  | 'bytes_per_second'
  | 'per_second'
  | 'seconds'
  | 'count'

export interface Evidence {
  readonly what: BothLanguages
  readonly value: number
  readonly unit: EvidenceUnit
  readonly threshold: number
  readonly above: boolean
  readonly met: boolean
  /** PromQL for a host named `$host`; empty when there is none. */
  readonly query: string
}

export interface Advice {
  readonly knob: {
    readonly name: string
    readonly target: string
    readonly from: string
    readonly to: string
  } | null
  readonly risk: 'low' | 'medium' | 'high'
  readonly why: BothLanguages
  readonly source: string
}

export interface Finding {
  readonly cause: string
  readonly tier: 'errors' | 'saturation' | 'utilisation'
  readonly title: BothLanguages
  readonly subject: string
  readonly confidence: number
  readonly evidence: readonly Evidence[]
  readonly culprit: {
    readonly unit: string
    readonly process: string
    readonly user: string
    readonly amount: number
    readonly of: EvidenceUnit
  } | null
  readonly advice: readonly Advice[]
  readonly explains: readonly string[]
}

export interface Exonerated {
  readonly cause: string
  readonly title: BothLanguages
  readonly evidence: readonly Evidence[]
  /** How much of the way to the threshold is left, 0 to 1. */
  readonly headroom: number | null
}

export interface NotJudged {
  readonly cause: string
  readonly title: BothLanguages
  readonly reason: BothLanguages
}

export interface Verdict {
  readonly fromMillis: number
  readonly toMillis: number
  readonly findings: readonly Finding[]
  readonly exonerated: readonly Exonerated[]
  readonly unknown: readonly NotJudged[]
  readonly notes: readonly BothLanguages[]
}

export interface HostFinding {
  readonly id: string
  readonly host: string
  readonly beganAt: number
  readonly seenAt: number
  readonly endedAt: number | null
  readonly finding: Finding
}

export interface FindingDetail {
  readonly finding: HostFinding
  readonly exonerated: readonly Exonerated[]
  readonly unknown: readonly NotJudged[]
  readonly notes: readonly BothLanguages[]
}

/** What was found, what still is first; of one host and one time when they are given. */
export const findingsQuery = (filter: { host?: string; state?: 'open'; from?: number; to?: number }) =>
  queryOptions({
    queryKey: ['findings', 'list', filter],
    queryFn: async ({ signal }) => {
      const params = new URLSearchParams()
      for (const [name, value] of Object.entries(filter)) {
        if (value !== undefined) params.set(name, String(value))
      }
      return (await call<{ findings: HostFinding[] }>('GET', `/findings?${params}`, undefined, signal))
        .findings
    },
    refetchInterval: 15_000,
  })

export const findingQuery = (id: string) =>
  queryOptions({
    queryKey: ['findings', id],
    queryFn: ({ signal }) =>
      call<FindingDetail>('GET', `/findings/${encodeURIComponent(id)}`, undefined, signal),
    refetchInterval: 15_000,
  })

/** What is wrong with a host now, by its last minute. */
export const verdictQuery = (hostId: string) =>
  queryOptions({
    queryKey: ['verdict', hostId],
    queryFn: ({ signal }) =>
      call<Verdict>('GET', `/hosts/${encodeURIComponent(hostId)}/verdict`, undefined, signal),
    refetchInterval: 15_000,
  })
