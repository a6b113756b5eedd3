import type { StoredPreferences } from '../api/preferences'
import type { Lang } from '../lib/i18n'
import { isZone, type Zone } from '../lib/time'

/** What a person chose about the look; an address may override it for one view. */
export interface Preferences {
  readonly theme: 'auto' | 'light' | 'dark'
  readonly lang: 'auto' | Lang
  readonly tz: Zone
  readonly shortcuts: 'on' | 'off'
}

const DEFAULTS: Preferences = { theme: 'auto', lang: 'auto', tz: 'browser', shortcuts: 'on' }
const STORAGE_KEY = 'evenkeel.preferences'

export function parsePreferences(stored: StoredPreferences): Preferences {
  const one = <T extends string>(key: string, allowed: readonly T[], otherwise: T): T =>
    allowed.find(value => value === stored[key]) ?? otherwise
  const tz = stored.tz
  return {
    theme: one('theme', ['auto', 'light', 'dark'], DEFAULTS.theme),
    lang: one('lang', ['auto', 'en', 'zh'], DEFAULTS.lang),
    tz: tz !== undefined && isZone(tz) ? tz : DEFAULTS.tz,
    shortcuts: one('shortcuts', ['on', 'off'], DEFAULTS.shortcuts),
  }
}

export function localPreferences(): Preferences {
  try {
    return parsePreferences(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as StoredPreferences)
  } catch {
    // Storage may be forbidden or hold what an older version wrote.
    return DEFAULTS
  }
}

export function keepLocally(preferences: Preferences): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(preferences))
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}
