import { Button, createTheme, MantineProvider, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'
import { askIn } from '../api/client'
import { readPreferences, writePreferences } from '../api/preferences'
import { type Role, type Session, sessionQuery } from '../api/session'
import type { Theme } from '../lib/colour'
import { type Lang, LOCALES, preferredLang, type Translate, translator } from '../lib/i18n'
import type { Zone } from '../lib/time'
import { formatDuration } from '../lib/units'
import { keepLocally, localPreferences, type Preferences, parsePreferences } from './preferences'

/** What every part of the pages needs: words, zone, look, and who is looking. */
export interface App {
  readonly t: Translate
  readonly lang: Lang
  readonly zone: Zone
  readonly theme: Theme
  readonly session: Session | undefined
  readonly preferences: Preferences
  readonly prefer: (change: Partial<Preferences>) => void
  /** '3 d 4 h' in the words of the language. */
  readonly duration: (millis: number) => string
  readonly may: (needed: Role) => boolean
}

const Context = createContext<App | null>(null)

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Mantine brings behaviour; the look comes from styles/tokens.css. */
const mantine = createTheme({
  fontFamily: 'var(--font)',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // White on the accent of the dark theme would be too faint.
    Button: Button.extend({
      vars: (_, { variant }) => ({
        root: variant === undefined || variant === 'filled' ? { '--button-color': 'var(--on-accent)' } : {},
      }),
    }),
    Modal: Modal.extend({
      defaultProps: { shadow: 'none', lockScroll: false, transitionProps: { duration: 0 } },
      styles: {
        content: { background: 'var(--raised)', border: '1px solid var(--line)' },
        header: { background: 'var(--raised)' },
        title: { fontSize: 16, fontWeight: 600 },
      },
    }),
    InputWrapper: {
      styles: { description: { fontSize: 12 }, error: { fontSize: 12 }, label: { fontWeight: 500 } },
    },
  },
})

const darkQuery = matchMedia('(prefers-color-scheme: dark)')
const watchDark = (listener: () => void): (() => void) => {
  darkQuery.addEventListener('change', listener)
  return () => darkQuery.removeEventListener('change', listener)
}

const root = getRouteApi('__root__')

export function AppProvider({ children }: { children: ReactNode }) {
  const search = root.useSearch()
  const { data: session } = useQuery(sessionQuery)
  const systemDark = useSyncExternalStore(watchDark, () => darkQuery.matches)
  const [preferences, setPreferences] = useState(localPreferences)
  const loggedIn = session?.state === 'ready'

  useEffect(() => {
    if (!loggedIn) return
    let current = true
    readPreferences()
      .then(stored => {
        if (!current || Object.keys(stored).length === 0) return
        const kept = parsePreferences(stored)
        keepLocally(kept)
        setPreferences(kept)
      })
      // The local copy serves until the next start.
      .catch(() => undefined)
    return () => {
      current = false
    }
  }, [loggedIn])

  const prefer = useCallback(
    (change: Partial<Preferences>) => {
      const next = { ...preferences, ...change }
      setPreferences(next)
      keepLocally(next)
      // Kept locally already; the server's copy follows at the next change if this one is lost.
      if (loggedIn) writePreferences({ ...next }).catch(() => undefined)
    },
    [preferences, loggedIn],
  )

  const chosenTheme = preferences.theme === 'auto' ? (systemDark ? 'dark' : 'light') : preferences.theme
  const theme = search.theme ?? chosenTheme
  const chosenLang = preferences.lang === 'auto' ? preferredLang(navigator.languages) : preferences.lang
  const lang = search.lang ?? chosenLang
  const zone = search.tz ?? preferences.tz
  // Not in an effect: those of what is inside run first, and call the hub.
  askIn(lang)

  useEffect(() => {
    document.documentElement.lang = LOCALES[lang]
  }, [lang])

  const app = useMemo<App>(() => {
    const t = translator(lang)
    const words = {
      days: t('duration.days'),
      hours: t('duration.hours'),
      minutes: t('duration.minutes'),
      seconds: t('duration.seconds'),
    }
    const role = session?.user?.role
    return {
      t,
      lang,
      zone,
      theme,
      session,
      preferences,
      prefer,
      duration: millis => formatDuration(millis, words),
      may: needed => session?.state === 'ready' && role !== undefined && RANK[role] >= RANK[needed],
    }
  }, [lang, zone, theme, session, preferences, prefer])

  // The hub's policy allows no inline styles: Mantine writes no <style> elements, its variables come from a file.
  return (
    <MantineProvider
      theme={mantine}
      forceColorScheme={theme}
      withCssVariables={false}
      withStaticClasses={false}
      withGlobalClasses={false}
    >
      <Context value={app}>{children}</Context>
    </MantineProvider>
  )
}

export function useApp(): App {
  const app = useContext(Context)
  if (app === null) throw new Error('useApp outside of AppProvider')
  return app
}
