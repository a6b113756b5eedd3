import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { type Crumb, Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'

const TABS = [
  ['/tuning', 'tuning.tab.now'],
  ['/tuning/history', 'tuning.tab.history'],
] as const

/** What the pages about tuning share: their heading and the way to each other. */
export function TuningShell({
  current,
  crumb,
  children,
}: {
  current: (typeof TABS)[number][0]
  crumb?: Crumb
  children: ReactNode
}) {
  const { t } = useApp()
  const word = TABS.find(([to]) => to === current)?.[1] ?? 'tuning.title'
  useTitle(`${crumb?.text ?? t(word)} · ${t('tuning.title')}`)
  return (
    <Shell timed={false} crumbs={[{ text: t('tuning.title'), to: '/tuning' }, crumb ?? { text: t(word) }]}>
      <nav className={classes.tabs} aria-label={t('tuning.title')}>
        <ul>
          {TABS.map(([to, name]) => (
            <li key={to}>
              <Link
                to={to}
                search={true as never}
                className={classes.tab}
                activeOptions={{ exact: true, includeSearch: false }}
                data-current={to === current || undefined}
                aria-current={to === current ? 'page' : undefined}
              >
                {t(name)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </Shell>
  )
}
