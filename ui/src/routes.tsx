/** Every address of the pages. Each page is a chunk of its own, loaded when it is first opened. */
import { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { ApiError } from './api/client'
import { live } from './api/live'
import { sessionQuery } from './api/session'
import { AppProvider } from './components/app'
import { Crash } from './components/Crash'
import { TABS, type Tab } from './components/ServerTabs'
import {
  LASTING_KEYS,
  NO_URL_STATE,
  ownPath,
  parseQuery,
  parseUrlState,
  queryText,
  type UrlState,
} from './lib/urlState'
import { type ExploreState, parseExplore } from './pages/explore/state'
import { type FleetState, parseFleet } from './pages/fleet/state'
import { NotFound } from './pages/NotFound'
import { SECTIONS, type Section } from './pages/settings/sections'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What the hub refuses it refuses again; what did not reach it is worth two more tries.
      retry: (failures, error) =>
        !(error instanceof ApiError && error.status >= 400 && error.status < 500) && failures < 2,
      refetchOnWindowFocus: false,
    },
  },
})

/** A text of the query, or nothing. */
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Those of some keys that the query has. */
function texts<Key extends string>(
  search: Record<string, unknown>,
  keys: readonly Key[],
): { [K in Key]?: string } {
  const found: { [K in Key]?: string } = {}
  for (const key of keys) {
    const value = text(search[key])
    if (value !== undefined) found[key] = value
  }
  return found
}

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>): UrlState => ({
    ...NO_URL_STATE,
    ...parseUrlState(search),
  }),
  search: { middlewares: [retainSearchParams([...LASTING_KEYS])] },
  component: () => (
    <AppProvider>
      <Outlet />
    </AppProvider>
  ),
  errorComponent: ({ error }) => <Crash error={error} />,
  notFoundComponent: () => <NotFound />,
})

/** Pages behind the door: whoever is not logged in goes to the login page and returns from there. */
const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    if (session.state === 'login') throw redirect({ to: '/login', search: { next: location.href } as never })
    live.start()
  },
})

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/fleet', search: true as never })
  },
})

const fleet = createRoute({
  getParentRoute: () => inside,
  path: '/fleet',
  validateSearch: (search: Record<string, unknown>): FleetState => parseFleet(search),
  component: lazyRouteComponent(() => import('./pages/fleet/FleetPage')),
})

const explore = createRoute({
  getParentRoute: () => inside,
  path: '/explore',
  validateSearch: (search: Record<string, unknown>): ExploreState => parseExplore(search),
  component: lazyRouteComponent(() => import('./pages/explore/ExplorePage')),
})

const serverIndex = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$id',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/servers/$id/$tab', params: { ...params, tab: 'overview' }, search: true as never })
  },
})

const server = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$id/$tab',
  params: {
    parse: ({ id, tab }): { id: string; tab: Tab } => {
      const known = TABS.find(one => one === tab)
      if (known === undefined) throw notFound()
      return { id, tab: known }
    },
    stringify: params => params,
  },
  validateSearch: (search: Record<string, unknown>): { q?: string; sort?: string } => {
    const q = text(search.q)
    const sort = text(search.sort)
    return { ...(q === undefined ? {} : { q }), ...(sort === undefined ? {} : { sort }) }
  },
  component: lazyRouteComponent(() => import('./pages/server/ServerPage')),
})

const alerts = createRoute({
  getParentRoute: () => inside,
  path: '/alerts',
  validateSearch: (search: Record<string, unknown>) => texts(search, ['state', 'severity', 'q', 'days']),
  component: lazyRouteComponent(() => import('./pages/alerts/IncidentsPage')),
})

const incident = createRoute({
  getParentRoute: () => inside,
  path: '/alerts/incidents/$id',
  component: lazyRouteComponent(() => import('./pages/alerts/IncidentPage')),
})

const rules = createRoute({
  getParentRoute: () => inside,
  path: '/alerts/rules',
  validateSearch: (search: Record<string, unknown>) => texts(search, ['q']),
  component: lazyRouteComponent(() => import('./pages/alerts/RulesPage')),
})

const silences = createRoute({
  getParentRoute: () => inside,
  path: '/alerts/silences',
  component: lazyRouteComponent(() => import('./pages/alerts/SilencesPage')),
})

const routing = createRoute({
  getParentRoute: () => inside,
  path: '/alerts/routing',
  component: lazyRouteComponent(() => import('./pages/alerts/RoutingPage')),
})

const findings = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose',
  validateSearch: (search: Record<string, unknown>): { host?: string; days?: number } => ({
    ...texts(search, ['host']),
    ...(typeof search.days === 'number' ? { days: search.days } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/diagnose/FindingsPage')),
})

const finding = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose/findings/$id',
  component: lazyRouteComponent(() => import('./pages/diagnose/FindingPage')),
})

const tuning = createRoute({
  getParentRoute: () => inside,
  path: '/tuning',
  validateSearch: (search: Record<string, unknown>): { host?: string } => texts(search, ['host']),
  component: lazyRouteComponent(() => import('./pages/tune/TuningPage')),
})

const tuningHistory = createRoute({
  getParentRoute: () => inside,
  path: '/tuning/history',
  component: lazyRouteComponent(() => import('./pages/tune/HistoryPage')),
})

const tuningChange = createRoute({
  getParentRoute: () => inside,
  path: '/tuning/changes/$id',
  validateSearch: (search: Record<string, unknown>): { host?: string } => texts(search, ['host']),
  component: lazyRouteComponent(() => import('./pages/tune/ChangePage')),
})

const profiles = createRoute({
  getParentRoute: () => inside,
  path: '/profiles',
  component: lazyRouteComponent(() => import('./pages/profiles/ProfilesPage')),
})

const profile = createRoute({
  getParentRoute: () => inside,
  path: '/profiles/$id',
  validateSearch: (search: Record<string, unknown>): { diff?: string } => texts(search, ['diff']),
  component: lazyRouteComponent(() => import('./pages/profiles/ProfilePage')),
})

const balancer = createRoute({
  getParentRoute: () => inside,
  path: '/lb',
  component: lazyRouteComponent(() => import('./pages/balancer/BalancerPage')),
})

const pool = createRoute({
  getParentRoute: () => inside,
  path: '/lb/$pool',
  component: lazyRouteComponent(() => import('./pages/balancer/PoolPage')),
})

const settingsIndex = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'appearance' }, search: true as never })
  },
})

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings/$section',
  params: {
    parse: ({ section }): { section: Section } => {
      const known = SECTIONS.find(one => one === section)
      if (known === undefined) throw notFound()
      return { section: known }
    },
    stringify: params => params,
  },
  component: lazyRouteComponent(() => import('./pages/settings/SettingsPage')),
})

const setup = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/setup/SetupPage')),
})

const login = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = ownPath(search.next)
    return { next } as { next?: string }
  },
  component: lazyRouteComponent(() => import('./pages/login/LoginPage')),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    index,
    inside.addChildren([
      fleet,
      explore,
      serverIndex,
      server,
      alerts,
      incident,
      rules,
      silences,
      routing,
      findings,
      finding,
      tuning,
      tuningHistory,
      tuningChange,
      profiles,
      profile,
      balancer,
      pool,
      settingsIndex,
      settings,
    ]),
    setup,
    login,
  ]),
  context: { queryClient },
  parseSearch: parseQuery,
  stringifySearch: queryText,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultErrorComponent: ({ error }) => <Crash error={error} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
