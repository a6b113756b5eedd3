import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { BothLanguages, EvidenceUnit } from './findings'

/** What a trial looks at. */
export interface Measure {
  readonly title: BothLanguages
  /** PromQL with `$host` and `$window`. */
  readonly expression: string
  readonly lowerIsBetter: boolean
  readonly unit: EvidenceUnit
  /** PromQL of the work that comes in, measured apart from what the change may move. */
  readonly offered: string | null
  /** PromQL of guards of its own; null stands for the usual ones. */
  readonly errors: string | null
  readonly p99: string | null
}

export interface TuningAction {
  readonly name: string
  /** Which values it takes, in words. */
  readonly boundsText: BothLanguages
  readonly risk: 'low' | 'medium'
  /** What has the knob. */
  readonly target: 'none' | 'device' | 'cpu' | 'unit' | 'process' | 'service'
  /** What is open already keeps the old value. */
  readonly newConnectionsOnly: boolean
}

/** A knob that is turned now: leased until it is put back, or kept. */
export interface TuningChange {
  readonly id: string
  readonly action: string
  readonly target: string
  readonly value: string
  readonly before: string
  /** The value now, or why it cannot be read. */
  readonly now: string
  /** Somebody else wrote the knob since. */
  readonly drifted: boolean
  readonly kept: boolean
  /** Until the old value comes back by itself; 0 when it is kept. */
  readonly secondsLeft: number
  /** The id is that of a trial too. */
  readonly trial: boolean
}

export interface TuningState {
  readonly host: string
  readonly available: boolean
  /** Why nothing can be turned; empty when something can. */
  readonly problem: string
  readonly problemText: BothLanguages
  readonly mode: 'observe' | 'approve' | 'auto'
  /** Why the policy is stricter than its file says; empty when it is not. */
  readonly reason: string
  readonly reasonText: BothLanguages
  readonly stopped: boolean
  readonly actions: readonly TuningAction[]
  readonly changes: readonly TuningChange[]
  readonly measures: readonly Measure[]
  /** The pools in which it is a backend that can be drained while a knob is turned. */
  readonly pools: readonly string[]
}

export interface TuningHost {
  readonly host: string
  /** The hub's own machine. */
  readonly own: boolean
}

/** A knob of a host with the value that it is to get. */
export interface WantedKnob {
  readonly host: string
  readonly action: string
  readonly target: string
  readonly value: string
}

export interface DryRun {
  readonly before: string
  readonly after: string
  /** Why the server's policy would refuse it; empty when it would not. */
  readonly objection: string
  readonly objectionText: BothLanguages
  /** What it would change in a file, as a unified difference; empty for a knob that is no line of one. */
  readonly diff: string
}

/** What a finding's advice comes to on its server, ready to be tried. */
export interface Proposal {
  /** Its place among the finding's advice. */
  readonly advice: number
  readonly host: string
  readonly action: string
  readonly target: string
  readonly from: string
  readonly to: string
  readonly risk: 'low' | 'medium'
  /** Why it cannot be applied now; empty when it can. */
  readonly problem: string
  readonly problemText: BothLanguages
  readonly measure: Measure | null
  /** By which share the measure should get better, from 0 to 1. */
  readonly sought: number
}

/** Why something ended as it did; the catalogues have words for each code. */
export interface Reason {
  readonly code: ReasonCode
  readonly values: readonly string[]
}

export type ReasonCode =
  | 'better'
  | 'worse'
  | 'better_than_before'
  | 'worse_than_before'
  | 'not_better_than_before'
  | 'old_value_owed'
  | 'no_effect'
  | 'load_moved'
  | 'guard_tripped'
  | 'measure_missing'
  | 'too_noisy'
  | 'nothing_to_improve'
  | 'hidden'
  | 'set_by_others'
  | 'refused'
  | 'ended_by'
  | 'hub_stopped'
  | 'hub_restarted'
  | 'restarted_at_end'
  | 'hub_failed'
  | 'new_value_stays'
  | 'old_value_back'
  | 'nothing_turned'
  | 'lease_ends'
  | 'unreadable'
  | 'no_agent'
  | 'put_back_by'
  | 'stopped_by'
  | 'not_helped_on'
  | 'trial_unknown'
  | 'canary_gone'
  | 'is_so_already'
  | 'wants_approval'

export type TrialVerdict = 'helped' | 'harmed' | 'no_evidence' | 'not_tried' | 'aborted'

export interface Trial {
  readonly id: string
  readonly host: string
  readonly action: string
  readonly target: string
  readonly value: string
  /** Null until the knob was turned. */
  readonly before: string | null
  readonly title: BothLanguages
  readonly unit: EvidenceUnit
  readonly lowerIsBetter: boolean
  readonly phase: 'noise' | 'blocks' | 'ended'
  /** Null while it runs. */
  readonly verdict: TrialVerdict | null
  /** By which share it got better; negative is worse. */
  readonly effect: number | null
  /** The effect is above this; null without a bound. */
  readonly low: number | null
  readonly high: number | null
  readonly kept: boolean
  /** In English, and all that trials of older versions have. */
  readonly reason: string
  readonly reasons: readonly Reason[]
  readonly by: string
  readonly finding: string | null
  readonly beganAt: number
  readonly endedAt: number | null
}

/** A stretch of a trial with the change on or off. */
export interface TrialBlock {
  readonly number: number
  /** Of the first phase, in which nothing is turned. */
  readonly noise: boolean
  readonly on: boolean
  readonly value: number
  readonly offered: number | null
  readonly from: number
  readonly to: number
  /** Whether its pair counts: not when the load moved within it. */
  readonly counts: boolean
}

export interface TrialGuard {
  readonly guard: string
  readonly title: BothLanguages
  readonly unit: EvidenceUnit
  /** Null when it is not measured. */
  readonly now: number | null
  /** Null while the noise is looked at. */
  readonly limit: number | null
  readonly tripped: boolean
  /** PromQL for the host `$host`; null when nothing measures it. */
  readonly expression: string | null
}

export interface TrialStep {
  readonly at: number
  readonly kind: 'draining' | 'empty' | 'not_empty' | 'turned_on' | 'turned_off' | 'refilled' | 'not_refilled'
  readonly pool: string
  readonly backend: string
  /** How many requests were in flight, or what went wrong. */
  readonly words: BothLanguages
}

export interface TrialDetail {
  readonly trial: Trial
  readonly measure: Measure
  /** The share by which it is hoped to get better. */
  readonly sought: number
  readonly plan: {
    readonly noiseBlocks: number
    readonly blockSeconds: number
    readonly washoutSeconds: number
    readonly leastPairs: number
    readonly mostPairs: number
    readonly leastEffect: number
    readonly loadTolerance: number
  }
  readonly noise: { readonly level: number; readonly smallestEffect: number | null } | null
  readonly blocks: readonly TrialBlock[]
  readonly guards: readonly TrialGuard[]
  readonly live: {
    readonly block: number
    readonly noise: boolean
    readonly on: boolean
    readonly second: number
    readonly seconds: number
    readonly measure: number | null
    /** Until the server puts the old value back by itself when it hears nothing more. */
    readonly secondsToRevert: number
    readonly leastSecondsLeft: number
    readonly mostSecondsLeft: number
  } | null
  readonly report: {
    readonly pairs: number
    readonly voidPairs: number
    /** Medians of the blocks that counted. */
    readonly before: number | null
    readonly after: number | null
    readonly ended: string | null
  } | null
  readonly drift: { readonly found: string; readonly at: number } | null
  /** What was done with the server as a backend; empty when it was not drained. */
  readonly steps: readonly TrialStep[]
  readonly reviews: readonly {
    readonly kind: 'week' | 'workload'
    readonly verdict: 'holds' | 'gone' | 'cannot_tell'
    readonly effect: number | null
    readonly before: number | null
    readonly now: number | null
    readonly reason: string
    readonly at: number
  }[]
}

export interface Counts {
  readonly helped: number
  readonly harmed: number
  readonly noEvidence: number
  /** Of those that helped; null when none did. */
  readonly medianEffect: number | null
}

export interface KnobHistory extends Counts {
  readonly action: string
  readonly notTried: number
  readonly aborted: number
  readonly kept: number
  readonly hosts: readonly (Counts & { readonly host: string })[]
}

const ofHost = (host: string | undefined): string =>
  host === undefined ? '' : `?host=${encodeURIComponent(host)}`

export const tuningHostsQuery = queryOptions({
  queryKey: ['tuning', 'hosts'],
  queryFn: async ({ signal }) =>
    (await call<{ hosts: TuningHost[] }>('GET', '/tuning/hosts', undefined, signal)).hosts,
})

/** What may be turned on a host, and what is turned; without a host on the hub's own machine. */
export const tuningQuery = (host?: string) =>
  queryOptions({
    queryKey: ['tuning', 'state', host ?? ''],
    queryFn: ({ signal }) => call<TuningState>('GET', `/tuning${ofHost(host)}`, undefined, signal),
    refetchInterval: 5_000,
  })

/** The newest trials, those that run first. */
export const trialsQuery = (host?: string) =>
  queryOptions({
    queryKey: ['tuning', 'trials', host ?? ''],
    queryFn: async ({ signal }) =>
      (await call<{ trials: Trial[] }>('GET', `/tuning/trials${ofHost(host)}`, undefined, signal)).trials,
    refetchInterval: 5_000,
  })

/** One trial; asked again each second while it runs. */
export const trialQuery = (id: string) =>
  queryOptions({
    queryKey: ['tuning', 'trial', id],
    queryFn: ({ signal }) =>
      call<TrialDetail>('GET', `/tuning/trials/${encodeURIComponent(id)}`, undefined, signal),
    refetchInterval: ({ state: { data } }) =>
      data === undefined ? false : data.trial.phase === 'ended' ? 30_000 : 1_000,
  })

export const tuningHistoryQuery = queryOptions({
  queryKey: ['tuning', 'history'],
  queryFn: async ({ signal }) =>
    (await call<{ knobs: KnobHistory[] }>('GET', '/tuning/history', undefined, signal)).knobs,
  refetchInterval: 30_000,
})

export const proposalsQuery = (finding: string) =>
  queryOptions({
    queryKey: ['tuning', 'proposals', finding],
    queryFn: async ({ signal }) =>
      (
        await call<{ proposals: Proposal[] }>(
          'GET',
          `/findings/${encodeURIComponent(finding)}/proposals`,
          undefined,
          signal,
        )
      ).proposals,
    refetchInterval: 15_000,
  })

/** What a change would do; nothing is changed. */
export const dryRunQuery = (wanted: WantedKnob) =>
  queryOptions({
    queryKey: ['tuning', 'dry-run', wanted],
    queryFn: ({ signal }) => call<DryRun>('POST', '/tuning/dry-run', wanted, signal),
    // The answer is of this moment.
    gcTime: 0,
  })

export const applyFor = (wanted: WantedKnob, seconds: number): Promise<{ id: string }> =>
  call('POST', '/tuning/changes', { ...wanted, seconds })

export const keepChange = (id: string, host: string): Promise<void> =>
  call('POST', `/tuning/changes/${encodeURIComponent(id)}/keep${ofHost(host)}`)

export const revertChange = (id: string, host: string): Promise<void> =>
  call('POST', `/tuning/changes/${encodeURIComponent(id)}/revert${ofHost(host)}`)

/** Puts every leased change of a host back and holds until it is resumed. */
export const stopTuning = (host: string): Promise<void> => call('POST', `/tuning/stop${ofHost(host)}`)

export const resumeTuning = (host: string): Promise<void> => call('POST', `/tuning/resume${ofHost(host)}`)

export interface WantedTrial extends WantedKnob {
  readonly measure: Measure
  readonly sought: number
  readonly blockSeconds: number
  readonly finding?: string
  /** Drain the server in its pools whenever the knob is turned. */
  readonly drain?: boolean
}

export const startTrial = (wanted: WantedTrial): Promise<TrialDetail> =>
  call('POST', '/tuning/trials', wanted)

export const abortTrial = (id: string): Promise<void> =>
  call('POST', `/tuning/trials/${encodeURIComponent(id)}/abort`)

/** A change that helped on one server of a group on its way to the others, one trial after the other. */
export interface Rollout {
  readonly id: string
  /** Who approved it; empty when it goes on by itself. */
  readonly by: string
  readonly state: 'running' | 'done' | 'stopped'
  readonly hosts: readonly {
    readonly host: string
    readonly standing: 'waiting' | 'trying' | 'helped' | 'not_helped' | 'left_out'
    /** Empty when there is none. */
    readonly trial: string
    /** In English, and all that roll-outs of older versions have. */
    readonly detail: string
    readonly reasons: readonly Reason[]
  }[]
  readonly reason: string
  readonly reasons: readonly Reason[]
  readonly beganAt: number
  readonly endedAt: number | null
}

const rolloutOf = (id: string) => `/tuning/trials/${encodeURIComponent(id)}/rollout`

/** Null when the change was not brought to other servers. */
export const rolloutQuery = (id: string) =>
  queryOptions({
    queryKey: ['tuning', 'rollout', id],
    queryFn: async ({ signal }) =>
      (await call<{ rollout: Rollout | null }>('GET', rolloutOf(id), undefined, signal)).rollout,
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? 2_000 : 30_000),
  })

export const startRollout = (id: string): Promise<Rollout> => call('POST', rolloutOf(id))

export const stopRollout = (id: string): Promise<Rollout> => call('POST', `${rolloutOf(id)}/stop`)
