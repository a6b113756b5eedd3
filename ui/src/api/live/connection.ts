import type { Labels } from '../../lib/labels'
import {
  type Connection,
  type FrameEvent,
  type FromWorker,
  type HelloEvent,
  type HostsEvent,
  type LiveValues,
  type Subscription,
  subscriptionKey,
} from './protocol'

const BASE = '/api/hub/v1/live'
/** The hub sends something at least every 15 s; when it has been quiet for longer the connection is dead. */
const QUIET_MILLIS = 20_000
const LONGEST_BACKOFF_MILLIS = 15_000

/**
 * The one stream of this browser: opens it, keeps it open, and tells the hub which expressions are on screen.
 * It runs inside the shared worker, or inside the page where there is none. EventSource itself resumes with
 * Last-Event-ID after a short break; a stream that the hub has forgotten is opened anew with backoff.
 */
export class LiveConnection {
  private source: EventSource | null = null
  private stream: string | null = null
  private wanted = new Map<string, { id: string; subscription: Subscription }>()
  private series = new Map<string, { rev: number; labels: readonly Labels[] }>()
  private keys = new Map<string, string>()
  private csrf: string | null = null
  private nextId = 1
  private failures = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private quiet: ReturnType<typeof setTimeout> | undefined
  private sending: Promise<void> | null = null
  private dirty = false

  constructor(private readonly emit: (message: FromWorker) => void) {}

  /** Replaces what is wanted; opens the stream at the first call. */
  want(subscriptions: readonly Subscription[], csrf: string | null): void {
    this.csrf = csrf
    const next = new Map<string, { id: string; subscription: Subscription }>()
    for (const subscription of subscriptions) {
      const key = subscriptionKey(subscription)
      next.set(key, this.wanted.get(key) ?? { id: `s${this.nextId++}`, subscription })
    }
    const same = next.size === this.wanted.size && [...next.keys()].every(key => this.wanted.has(key))
    this.wanted = next
    this.keys = new Map([...next].map(([key, { id }]) => [id, key]))
    if (this.source === null && this.retry === undefined) this.open()
    else if (!same) this.sendSubscriptions()
  }

  close(): void {
    clearTimeout(this.retry)
    clearTimeout(this.quiet)
    this.retry = undefined
    this.source?.close()
    this.source = null
    this.stream = null
  }

  private open(): void {
    this.retry = undefined
    this.connection('connecting')
    const source = new EventSource(BASE)
    this.source = source
    source.addEventListener('hello', event => {
      const hello = JSON.parse(event.data) as HelloEvent
      this.failures = 0
      this.stream = hello.stream
      this.series.clear()
      this.heard()
      this.connection('open')
      this.emit({ type: 'hello', periodMillis: hello.periodMillis, serverTime: hello.serverTime })
      this.sendSubscriptions()
    })
    source.addEventListener('frame', event => this.frame(JSON.parse(event.data) as FrameEvent))
    source.addEventListener('hosts', event => {
      this.heard()
      this.emit({ type: 'hosts', hosts: (JSON.parse(event.data) as HostsEvent).hosts })
    })
    source.onerror = () => this.reopen()
    this.heard()
  }

  private reopen(): void {
    this.source?.close()
    this.source = null
    this.stream = null
    clearTimeout(this.quiet)
    if (this.retry !== undefined) return
    this.connection('lost')
    const backoff = Math.min(LONGEST_BACKOFF_MILLIS, 500 * 2 ** this.failures++)
    // Jitter, so that the browsers of a whole office do not return in the same instant.
    this.retry = setTimeout(() => this.open(), backoff * (0.75 + Math.random() / 2))
  }

  private heard(): void {
    clearTimeout(this.quiet)
    this.quiet = setTimeout(() => this.reopen(), QUIET_MILLIS)
  }

  private connection(state: Connection): void {
    this.emit({ type: 'connection', state })
  }

  private frame(frame: FrameEvent): void {
    this.heard()
    const values: LiveValues[] = []
    for (const { id, rev, series, v } of frame.subs) {
      if (series !== undefined) {
        this.series.set(id, { rev, labels: series })
      }
      const known = this.series.get(id)
      const key = this.keys.get(id)
      // A frame of an earlier set of subscriptions, or one whose series were never told: not for us.
      if (key === undefined || known === undefined || known.rev !== rev) continue
      values.push({ key, series: known.labels, values: v })
    }
    this.emit({ type: 'frame', t: frame.t, sent: frame.sent, values })
  }

  /** One request at a time; the newest set wins. */
  private sendSubscriptions(): void {
    this.dirty = true
    if (this.sending !== null) return
    this.sending = this.send().finally(() => {
      this.sending = null
    })
  }

  private async send(): Promise<void> {
    while (this.dirty && this.stream !== null) {
      this.dirty = false
      const subs = [...this.wanted.values()].map(({ id, subscription }) => ({ id, ...subscription }))
      try {
        const response = await fetch(`${BASE}/${encodeURIComponent(this.stream)}/subscriptions`, {
          method: 'PUT',
          credentials: 'same-origin',
          headers: {
            'Content-Type': 'application/json',
            ...(this.csrf === null ? {} : { 'X-CSRF-Token': this.csrf }),
          },
          body: JSON.stringify({ subs }),
        })
        if (!response.ok) this.reopen()
      } catch {
        this.reopen()
      }
    }
  }
}
