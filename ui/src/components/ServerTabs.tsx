import { Link } from '@tanstack/react-router'
import { useApp } from './app'
import classes from './ServerTabs.module.css'

export const TABS = ['overview', 'cpu', 'memory', 'disk', 'network', 'processes'] as const
export type Tab = (typeof TABS)[number]

export function ServerTabs({ id, current }: { id: string; current: Tab }) {
  const { t } = useApp()
  return (
    <nav className={classes.tabs} aria-label={t('tab.label')}>
      <ul>
        {TABS.map(tab => (
          <li key={tab}>
            <Link
              to="/servers/$id/$tab"
              params={{ id, tab }}
              search={((old: object) => ({ ...old, panel: undefined })) as never}
              className={classes.tab}
              aria-current={tab === current ? 'page' : undefined}
            >
              {t(`tab.${tab}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
