import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

export interface Words {
  readonly en: string
  readonly zh: string
}

/** One input of a channel's form, as the hub describes it. */
export interface Input {
  readonly key: string
  readonly kind: 'text' | 'secret' | 'number' | 'choice' | 'long_text'
  readonly label: Words
  readonly help: Words
  readonly required: boolean
  readonly usual: string
  readonly choices: readonly string[]
}

export interface ChannelKind {
  readonly name: string
  readonly title: Words
  readonly to: 'one_place' | 'email' | 'phone' | 'chat' | 'slack_channel'
  readonly fields: readonly Input[]
}

export interface Recipient {
  readonly address: string
  readonly language: 'en' | 'zh'
}

export interface Channel {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly form: Readonly<Record<string, string>>
  /** The keys of the secrets that are set. */
  readonly secrets: readonly string[]
  readonly recipients: readonly Recipient[]
  readonly fallbackId: string | null
  readonly enabled: boolean
  readonly createdAt: number
  readonly queued: number
  readonly sent: number
  readonly dead: number
}

export interface ChannelEntry {
  readonly name: string
  readonly kind: string
  readonly form: Readonly<Record<string, string>>
  readonly forget: readonly string[]
  readonly recipients: readonly Recipient[]
  readonly fallbackId: string | null
  readonly enabled: boolean
}

export interface Trial {
  readonly address: string
  readonly outcome: 'accepted' | 'refused' | 'not_now'
  /** What the service said. */
  readonly answer: string
  readonly seconds: number
}

export interface Message {
  readonly key: string
  readonly channelId: string
  readonly address: string
  readonly incidentId: string
  readonly kind: string
  readonly title: string
  readonly state: 'queued' | 'sent' | 'dead' | 'merged'
  readonly attempts: number
  readonly answer: string
  readonly eventAt: number
  readonly createdAt: number
  readonly nextTryAt: number
  readonly endedAt: number | null
}

export interface Heartbeat {
  readonly url: string
  readonly periodSeconds: number
  readonly lastAt: number | null
  readonly lastOk: boolean | null
  readonly lastAnswer: string | null
}

const path = (id: string): string => `/channels/${encodeURIComponent(id)}`

export const kindsQuery = queryOptions({
  queryKey: ['channels', 'kinds'],
  queryFn: async ({ signal }) =>
    (await call<{ kinds: ChannelKind[] }>('GET', '/channels/kinds', undefined, signal)).kinds,
  staleTime: Number.POSITIVE_INFINITY,
})

export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: async ({ signal }) =>
    (await call<{ channels: Channel[] }>('GET', '/channels', undefined, signal)).channels,
  refetchInterval: 30_000,
})

export const addChannel = (entry: ChannelEntry): Promise<Channel> => call('POST', '/channels', entry)
export const changeChannel = (id: string, entry: ChannelEntry): Promise<Channel> =>
  call('PUT', path(id), entry)
export const removeChannel = (id: string): Promise<void> => call('DELETE', path(id))
export const tryChannel = async (id: string | null, channel: ChannelEntry): Promise<Trial[]> =>
  (await call<{ trials: Trial[] }>('POST', '/channels/test', { id, channel })).trials

export const deadQuery = queryOptions({
  queryKey: ['notifications', 'dead'],
  queryFn: async ({ signal }) =>
    (await call<{ messages: Message[] }>('GET', '/notifications?state=dead', undefined, signal)).messages,
  refetchInterval: 30_000,
})
export const retryMessage = (key: string): Promise<void> => call('POST', `/notifications/${key}/retry`, {})
export const discardMessage = (key: string): Promise<void> => call('DELETE', `/notifications/${key}`)

export const heartbeatQuery = queryOptions({
  queryKey: ['settings', 'heartbeat'],
  queryFn: ({ signal }) => call<Heartbeat>('GET', '/settings/heartbeat', undefined, signal),
  refetchInterval: 30_000,
})
export const writeHeartbeat = (url: string, periodSeconds: number): Promise<Heartbeat> =>
  call('PUT', '/settings/heartbeat', { url, periodSeconds })
