/**
 * What every address carries, so that a link shows another person the same: range, zone, comparison, look.
 * Values that cannot be read are dropped, never guessed; keys of single pages pass through.
 */
import { parseDuration, parseMoment } from './range'
import { isZone } from './time'

export interface UrlState {
  readonly from?: string
  readonly to?: string
  readonly refresh?: string
  readonly tz?: string
  readonly cmp?: string
  readonly theme?: 'light' | 'dark'
  readonly lang?: 'en' | 'zh'
  readonly kiosk?: '1'
  /** The one chart shown large. */
  readonly panel?: string
  /** The moment whose processes are shown, epoch ms. */
  readonly at?: string
}

/** Keys that stay when one goes to another page. */
export const LASTING_KEYS = ['from', 'to', 'refresh', 'tz', 'cmp', 'theme', 'lang', 'kiosk'] as const

const isMoment = (text: string): boolean => parseMoment(text, 0, 'UTC') !== null
const isDuration = (text: string): boolean => parseDuration(text) !== null

const VALID: { readonly [K in keyof UrlState]-?: (text: string) => boolean } = {
  from: isMoment,
  to: isMoment,
  refresh: text => text === 'off' || isDuration(text),
  tz: isZone,
  cmp: isDuration,
  theme: text => text === 'light' || text === 'dark',
  lang: text => text === 'en' || text === 'zh',
  kiosk: text => text === '1',
  panel: text => /^[a-z0-9-]{1,64}$/.test(text),
  at: text => /^\d{11,14}$/.test(text),
}

/** Every key without a value: the router keeps what a validator leaves out, so what is dropped is named. */
export const NO_URL_STATE: UrlState = Object.fromEntries(Object.keys(VALID).map(key => [key, undefined]))

export function parseUrlState(search: Readonly<Record<string, unknown>>): UrlState {
  const state: Record<string, string> = {}
  for (const [key, valid] of Object.entries(VALID)) {
    const value = search[key]
    if (typeof value === 'string' && valid(value)) state[key] = value
  }
  return state as UrlState
}

/** A path of this site from a link, or nothing: a link must not send people elsewhere. */
export function ownPath(text: unknown): string | undefined {
  return typeof text === 'string' && /^\/(?![/\\])/.test(text) ? text : undefined
}

/** The query of an address as plain text values; `parseQuery` reads it back. */
export function queryText(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  }
  // ':' and '/' are allowed in a query; leaving them makes links that people can read.
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')
  return text === '' ? '' : `?${text}`
}

export function parseQuery(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}
