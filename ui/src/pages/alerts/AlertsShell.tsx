import type { ReactNode } from 'react'
import type { Crumb } from '../../components/shell/Shell'
import { TabbedShell } from '../../components/shell/TabbedShell'

const TABS = [
  ['/alerts', 'alerts.tab.incidents'],
  ['/alerts/rules', 'alerts.tab.rules'],
  ['/alerts/silences', 'alerts.tab.silences'],
  ['/alerts/routing', 'alerts.tab.routing'],
] as const

/** What all pages about alerts share. */
export const AlertsShell = (page: {
  current: (typeof TABS)[number][0]
  crumb?: Crumb
  children: ReactNode
}) => <TabbedShell title="alerts.title" home="/alerts" tabs={TABS} {...page} />
