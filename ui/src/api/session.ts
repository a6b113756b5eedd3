import { queryOptions } from '@tanstack/react-query'
import { call, rememberCsrfToken } from './client'

export type Role = 'viewer' | 'operator' | 'admin'

export interface Session {
  /** 'setup': no account yet; 'login': accounts exist and nobody is logged in; 'ready': logged in. */
  readonly state: 'setup' | 'login' | 'ready'
  readonly user: { readonly name: string; readonly role: Role } | null
  readonly csrf: string | null
  readonly version: string
  readonly hub: { readonly host: string }
}

async function remembered(answer: Promise<Session>): Promise<Session> {
  const session = await answer
  rememberCsrfToken(session.csrf)
  return session
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => remembered(call<Session>('GET', '/session', undefined, signal)),
  staleTime: 60_000,
})

export const setUp = (token: string, name: string, password: string): Promise<Session> =>
  remembered(call('POST', '/setup', { token, name, password }))

export const logIn = (name: string, password: string): Promise<Session> =>
  remembered(call('POST', '/login', { name, password }))

export const logOut = (): Promise<void> => call('POST', '/logout')

export const changePassword = (current: string, next: string): Promise<void> =>
  call('PUT', '/me/password', { current, next })
