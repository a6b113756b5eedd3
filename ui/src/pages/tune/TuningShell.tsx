import type { ReactNode } from 'react'
import type { Crumb } from '../../components/shell/Shell'
import { TabbedShell } from '../../components/shell/TabbedShell'

const TABS = [
  ['/tuning', 'tuning.tab.now'],
  ['/tuning/history', 'tuning.tab.history'],
] as const

/** What the pages about tuning share. */
export const TuningShell = (page: {
  current: (typeof TABS)[number][0]
  crumb?: Crumb
  children: ReactNode
}) => <TabbedShell title="tuning.title" home="/tuning" tabs={TABS} {...page} />
