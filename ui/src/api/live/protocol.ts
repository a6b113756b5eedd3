import type { Labels } from '../../lib/labels'
import type { HostStatus } from '../hosts'

/** What the hub's stream says, and what pages and the shared worker say to each other. */

export interface Subscription {
  readonly expr: string
  readonly host: string | null
}

/** One text per subscription; pages that want the same share it. */
export const subscriptionKey = ({ expr, host }: Subscription): string => `${host ?? ''}\n${expr}`

export interface HelloEvent {
  readonly stream: string
  readonly periodMillis: number
  readonly serverTime: number
}

export interface FrameEvent {
  /** Time of the samples. */
  readonly t: number
  readonly sent: number
  readonly subs: readonly {
    readonly id: string
    readonly rev: number
    /** Only when `rev` changed. */
    readonly series?: readonly Labels[]
    readonly v: readonly (number | null)[]
  }[]
}

export interface HostsEvent {
  readonly hosts: readonly {
    readonly id: string
    readonly status: HostStatus
    readonly lastSampleAt: number | null
  }[]
}

/** The live values of one moment for one subscription. */
export interface LiveValues {
  readonly key: string
  readonly series: readonly Labels[]
  readonly values: readonly (number | null)[]
}

export type Connection = 'connecting' | 'open' | 'lost'

export type FromWorker =
  | { readonly type: 'connection'; readonly state: Connection }
  | { readonly type: 'hello'; readonly periodMillis: number; readonly serverTime: number | null }
  | {
      readonly type: 'frame'
      readonly t: number
      readonly sent: number
      readonly values: readonly LiveValues[]
    }
  | { readonly type: 'hosts'; readonly hosts: HostsEvent['hosts'] }

export type ToWorker =
  | { readonly type: 'want'; readonly subscriptions: readonly Subscription[]; readonly csrf: string | null }
  | { readonly type: 'alive' }
  | { readonly type: 'bye' }
