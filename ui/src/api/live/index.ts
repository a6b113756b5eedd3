/**
 * Live values for the pages. Charts subscribe to expressions; values arrive once per collection period.
 * The stream lives in a shared worker; where the browser has none, in the page itself.
 */
import { call, csrfToken } from '../client'
import type { HostStatus } from '../hosts'
import { LiveConnection } from './connection'
import {
  type Connection,
  type FromWorker,
  type LiveValues,
  type Subscription,
  subscriptionKey,
  type ToWorker,
} from './protocol'

export type { Connection, LiveValues, Subscription } from './protocol'

export interface LiveHost {
  readonly status: HostStatus
  readonly lastSampleAt: number | null
}

export interface LiveState {
  readonly connection: Connection
  /** Whether anything on the page wants values; without it no frame comes, however well all goes. */
  readonly watching: boolean
  /** Time of the newest samples that arrived since something was watched, on the hub's clock. */
  readonly lastFrameAt: number | null
  readonly periodMillis: number
  readonly hosts: ReadonlyMap<string, LiveHost>
}

type FrameListener = (t: number, values: LiveValues) => void

interface Entry {
  readonly subscription: Subscription
  readonly listeners: Set<FrameListener>
}

const LATENCY_REPORT_MILLIS = 10_000

class Live {
  private state: LiveState = {
    connection: 'connecting',
    watching: false,
    lastFrameAt: null,
    periodMillis: 1000,
    hosts: new Map(),
  }
  private readonly watchers = new Set<() => void>()
  private readonly afterFrame = new Set<(t: number) => void>()
  private readonly entries = new Map<string, Entry>()
  private post: ((message: ToWorker) => void) | null = null
  private scheduled = false
  private latencies: number[] = []
  /** Hub's clock minus this one's. */
  private offset = 0

  /** The time on the hub's clock, to which all samples belong. */
  now(): number {
    return Date.now() + this.offset
  }

  snapshot = (): LiveState => this.state

  watch = (listener: () => void): (() => void) => {
    this.watchers.add(listener)
    return () => this.watchers.delete(listener)
  }

  /** Called once after all values of a frame were handed out. */
  onFrame(listener: (t: number) => void): () => void {
    this.afterFrame.add(listener)
    return () => this.afterFrame.delete(listener)
  }

  subscribe(subscription: Subscription, listener: FrameListener): () => void {
    const key = subscriptionKey(subscription)
    let entry = this.entries.get(key)
    if (entry === undefined) {
      entry = { subscription, listeners: new Set() }
      this.entries.set(key, entry)
      this.changed()
    }
    entry.listeners.add(listener)
    const mine = entry
    return () => {
      mine.listeners.delete(listener)
      if (mine.listeners.size === 0 && this.entries.get(key) === mine) {
        this.entries.delete(key)
        this.changed()
      }
    }
  }

  /** Opens the stream; call once, when a session allows it. */
  start(): void {
    if (this.post !== null) {
      this.changed()
      return
    }
    this.post = this.connect()
    this.changed()
    setInterval(() => this.post?.({ type: 'alive' }), 20_000)
    setInterval(() => this.reportLatencies(), LATENCY_REPORT_MILLIS)
    addEventListener('pagehide', () => this.post?.({ type: 'bye' }))
    addEventListener('pageshow', () => this.changed())
    // A tab that nobody sees costs the hub nothing.
    document.addEventListener('visibilitychange', () => this.changed())
  }

  /** From the samples' moment to pixels, on the hub's clock. */
  drawn(sampleTime: number): void {
    if (document.visibilityState === 'visible')
      this.latencies.push(Math.max(0, Math.round(this.now() - sampleTime)))
  }

  private connect(): (message: ToWorker) => void {
    if (typeof SharedWorker === 'function') {
      try {
        const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), {
          type: 'module',
          name: 'evenkeel-live',
        })
        worker.port.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data)
        worker.port.start()
        return message => worker.port.postMessage(message)
      } catch {
        // Some browsers have the constructor and refuse it (private windows): the page does it itself.
      }
    }
    const connection = new LiveConnection(message => this.receive(message))
    return message => {
      if (message.type === 'want') connection.want(message.subscriptions, message.csrf)
      if (message.type === 'bye') connection.close()
    }
  }

  /** Charts mount and unmount in crowds: one message for all of them. */
  private changed(): void {
    if (this.scheduled) return
    this.scheduled = true
    setTimeout(() => {
      this.scheduled = false
      const visible = document.visibilityState === 'visible'
      const subscriptions = visible ? [...this.entries.values()].map(entry => entry.subscription) : []
      this.post?.({ type: 'want', subscriptions, csrf: csrfToken() })
      const watching = this.entries.size > 0
      if (watching !== this.state.watching) this.update({ watching, lastFrameAt: null })
    }, 0)
  }

  private receive(message: FromWorker): void {
    switch (message.type) {
      case 'connection':
        this.update({ connection: message.state })
        break
      case 'hello':
        if (message.serverTime !== null) this.offset = message.serverTime - Date.now()
        this.update({ periodMillis: message.periodMillis })
        break
      case 'frame':
        // The path only ever adds delay, so the largest difference seen is the nearest to the truth.
        this.offset = Math.max(this.offset, message.sent - Date.now())
        for (const values of message.values) {
          for (const listener of this.entries.get(values.key)?.listeners ?? []) listener(message.t, values)
        }
        this.update({ lastFrameAt: message.t })
        for (const listener of this.afterFrame) listener(message.t)
        break
      case 'hosts':
        this.update({ hosts: new Map(message.hosts.map(({ id, ...host }) => [id, host])) })
        break
    }
  }

  private update(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change }
    for (const watcher of this.watchers) watcher()
  }

  private reportLatencies(): void {
    if (this.latencies.length === 0) return
    const millis = this.latencies
    this.latencies = []
    // Lost measurements are not worth a second try: the next ten come in ten seconds.
    call('POST', '/live/latency', { millis }).catch(() => undefined)
  }
}

export const live = new Live()
