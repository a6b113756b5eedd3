import { queryOptions } from '@tanstack/react-query'
import type { Labels } from '../lib/labels'
import { call } from './client'

export interface Condition {
  readonly metric: string
  readonly operator: string
  readonly threshold: number
  readonly negated: boolean
  readonly clearAt: number | null
}

export interface ThresholdForm {
  readonly conditions: readonly Condition[]
  /** Whether every condition must hold; else one is enough. */
  readonly all: boolean
}

export interface Rule {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly expression: string
  readonly signal: string
  readonly condition: string
  readonly clear: string | null
  readonly holdSeconds: number
  readonly keepFiringSeconds: number
  readonly severity: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly origin: 'pack' | 'file' | 'pages'
  readonly form: ThresholdForm | null
  readonly enabled: boolean
  readonly firing: number
  readonly pending: number
  readonly error: string
  readonly evaluatedAt: number
}

export interface RuleEntry {
  readonly name: string
  readonly form: ThresholdForm | null
  readonly expression: string | null
  readonly clear: string | null
  readonly holdSeconds: number
  readonly keepFiringSeconds: number
  readonly severity: string
  readonly labels: Labels
  readonly annotations: Labels
}

export interface Run {
  readonly labels: Labels
  readonly from: number
  readonly to: number
}

export interface Preview {
  readonly times: number
  readonly from: number
  readonly to: number
  readonly stepMillis: number
  readonly signal: string
  readonly runs: readonly Run[]
}

export interface RuleFile {
  readonly name: string
  readonly updatedAt: number
  readonly content: string
}

/** How much a rule said and how much of it somebody cared about. */
export interface Noise {
  readonly ruleId: string
  readonly fired: number
  readonly acknowledged: number
  readonly ignored: number
}

/** A threshold with which a rule would have been quieter over the last seven days. */
export interface Suggestion {
  readonly operator: string
  readonly threshold: number
  readonly times: number
  readonly suggested: number | null
  readonly suggestedTimes: number
}

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: async ({ signal }) => (await call<{ rules: Rule[] }>('GET', '/rules', undefined, signal)).rules,
  refetchInterval: 15_000,
})

const path = (id: string): string => `/rules/${encodeURIComponent(id)}`

export const addRule = (entry: RuleEntry): Promise<Rule> => call('POST', '/rules', entry)
export const changeRule = (id: string, entry: RuleEntry): Promise<Rule> => call('PUT', path(id), entry)
export const removeRule = (id: string): Promise<void> => call('DELETE', path(id))
export const switchRule = (id: string, enabled: boolean): Promise<void> =>
  call('PUT', `${path(id)}/enabled`, { enabled })
export const previewRule = (entry: RuleEntry): Promise<Preview> => call('POST', '/rules/preview', entry)

export const filesQuery = queryOptions({
  queryKey: ['rule-files'],
  queryFn: async ({ signal }) =>
    (await call<{ files: RuleFile[] }>('GET', '/rule-files', undefined, signal)).files,
})
export const importFile = (name: string, content: string): Promise<unknown> =>
  call('PUT', `/rule-files/${encodeURIComponent(name)}`, { content })
export const removeFile = (name: string): Promise<void> =>
  call('DELETE', `/rule-files/${encodeURIComponent(name)}`)

export const noiseQuery = queryOptions({
  queryKey: ['rules', 'noise'],
  queryFn: async ({ signal }) =>
    (await call<{ rules: Noise[] }>('GET', '/rules/noise', undefined, signal)).rules,
  staleTime: 60_000,
})
export const suggestionQuery = (id: string) =>
  queryOptions({
    queryKey: ['rules', id, 'suggestion'],
    queryFn: ({ signal }) => call<Suggestion>('GET', `${path(id)}/suggestion`, undefined, signal),
    staleTime: 300_000,
    retry: false,
  })
