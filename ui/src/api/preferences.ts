import { call } from './client'

/** Choices of a person, kept on the server so that they follow to the next browser. */
export type StoredPreferences = Readonly<Record<string, string>>

export const readPreferences = (): Promise<StoredPreferences> => call('GET', '/me/preferences')

export const writePreferences = (preferences: StoredPreferences): Promise<void> =>
  call('PUT', '/me/preferences', preferences)
