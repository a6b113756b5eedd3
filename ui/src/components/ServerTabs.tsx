import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { incidentsQuery } from '../api/incidents'
import { useApp } from './app'
import classes from './ServerTabs.module.css'

export const TABS = ['overview', 'cpu', 'memory', 'disk', 'network', 'processes'] as const
export type Tab = (typeof TABS)[number]

export function ServerTabs({ id, name, current }: { id: string; name: string; current: Tab }) {
  const { t } = useApp()
  const filter = { state: 'open,acknowledged', severity: '', q: name, from: null }
  const { data } = useQuery(incidentsQuery(filter))
  const open = data?.incidents.filter(({ incident }) => incident.subject === name).length ?? 0
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
        <li>
          <Link to="/alerts" search={{ q: name, state: 'all' } as never} className={classes.tab}>
            {t('tab.alerts')}
            {open > 0 && ` (${open})`}
          </Link>
        </li>
      </ul>
    </nav>
  )
}
