/** The one place that calls the hub. Answers are JSON; an error carries what the hub said about it. */
import { type Lang, LOCALES, translator } from '../lib/i18n'

export type ErrorCode =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_many'
  | 'unavailable'
  | 'internal'
  /** The hub could not be reached at all. */
  | 'unreachable'

export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly status: number,
    /** The field of the form that the hub refused. */
    readonly field?: string,
    /** Seconds to wait before the next try. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

const BASE = '/api/hub/v1'

let csrf: string | null = null

/** Before the page has chosen, the browser's own languages are asked for. */
let lang: Lang | null = null

/** The language in which the hub is to tell what went wrong: the page's. */
export function askIn(chosen: Lang): void {
  lang = chosen
}

/** The token of the session that unsafe requests carry; set whenever a session is read. */
export function rememberCsrfToken(token: string | null): void {
  csrf = token
}

export const csrfToken = (): string | null => csrf

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export async function call<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && csrf !== null) headers['X-CSRF-Token'] = csrf
  const response = await send(`${BASE}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  // 204, and answers without a body.
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Reads what the hub answers as plain text. */
export async function callText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await send(`${BASE}${path}`, signal === undefined ? {} : { signal })
  return response.text()
}

/** Asks Prometheus's API of the hub and answers what stands under `data`. */
export async function askPrometheus<T>(path: string, params: URLSearchParams): Promise<T> {
  const response = await send(`/api/v1/${path}?${params}`, { headers: { Accept: 'application/json' } })
  return ((await response.json()) as { data: T }).data
}

async function send(url: string, request: RequestInit): Promise<Response> {
  const headers = new Headers(request.headers)
  if (lang !== null) headers.set('Accept-Language', LOCALES[lang])
  let response: Response
  try {
    response = await fetch(url, { ...request, headers, credentials: 'same-origin', cache: 'no-store' })
  } catch (cause) {
    if (request.signal?.aborted === true) throw cause
    throw new ApiError('unreachable', translator(lang ?? 'en')('error.unreachable.title'), 0)
  }
  if (!response.ok) throw await errorOf(response)
  return response
}

async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('Retry-After'))
  const wait = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined
  let error: { code?: ErrorCode; message?: string; field?: string } = {}
  try {
    const told = ((await response.json()) as { error?: typeof error | string }).error ?? {}
    error = typeof told === 'string' ? { message: told } : told
  } catch {
    // A proxy in between answers in HTML; its status is all there is to tell.
  }
  return new ApiError(
    error.code ?? codeOf(response.status),
    error.message ?? `HTTP ${response.status}`,
    response.status,
    error.field,
    wait,
  )
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated'
    case 403:
      return 'forbidden'
    case 404:
      return 'not_found'
    case 409:
      return 'conflict'
    case 429:
      return 'too_many'
    case 502:
    case 503:
    case 504:
      return 'unavailable'
    default:
      return status < 500 ? 'bad_request' : 'internal'
  }
}
