import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { PlainKey } from '../../lib/i18n'
import { useApp } from '../app'
import classes from '../Page.module.css'
import { useTitle } from '../useTitle'
import { type Crumb, Shell } from './Shell'

/** The frame of pages that belong together: their common heading and the way to each other. */
export function TabbedShell<Path extends string>({
  title,
  home,
  tabs,
  current,
  crumb,
  children,
}: {
  title: PlainKey
  /** Where the heading leads. */
  home: NonNullable<Crumb['to']>
  /** Where the pages are and what they are called. */
  tabs: readonly (readonly [Path, PlainKey])[]
  current: NoInfer<Path>
  /** What is looked at below the current page. */
  crumb?: Crumb
  children: ReactNode
}) {
  const { t } = useApp()
  const word = tabs.find(([to]) => to === current)?.[1] ?? title
  useTitle(`${crumb?.text ?? t(word)} · ${t(title)}`)
  return (
    <Shell timed={false} crumbs={[{ text: t(title), to: home }, crumb ?? { text: t(word) }]}>
      <nav className={classes.tabs} aria-label={t(title)}>
        <ul>
          {tabs.map(([to, name]) => (
            <li key={to}>
              <Link
                to={to as never}
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
