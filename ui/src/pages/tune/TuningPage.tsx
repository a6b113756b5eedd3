import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { tuningHostsQuery, tuningQuery } from '../../api/tuning'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { ActiveChanges } from './ActiveChanges'
import { PolicyCard } from './PolicyCard'
import { StopCard } from './StopCard'
import { TrialList } from './TrialList'
import { TuningShell } from './TuningShell'
import { TurnKnob } from './TurnKnob'

const route = getRouteApi('/inside/tuning')

/** What a server lets be turned, what is turned on it now, and what came of it before. */
export default function TuningPage() {
  const { t } = useApp()
  const { host } = route.useSearch()
  const query = useQuery(tuningQuery(host))
  return (
    <TuningShell current="/tuning">
      <div className={classes.head}>
        <h1>{t('tuning.title')}</h1>
        <div className={classes.actions}>
          <HostChoice />
          {query.data !== undefined && <TurnKnob key={query.data.host} state={query.data} />}
        </div>
      </div>
      <p className={classes.lead}>{t('tuning.lead')}</p>
      <div className={classes.columns}>
        <div>
          <Loaded query={query} height={160}>
            {state => <ActiveChanges state={state} toldAt={query.dataUpdatedAt} />}
          </Loaded>
          <TrialList host={host} />
        </div>
        <Loaded query={query} height={240}>
          {state => (
            <div>
              <PolicyCard state={state} />
              <StopCard state={state} />
            </div>
          )}
        </Loaded>
      </div>
    </TuningShell>
  )
}

/** Which server; nothing while the hub's own machine is the only one. */
function HostChoice() {
  const { t } = useApp()
  const { host } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: hosts = [] } = useQuery(tuningHostsQuery)
  if (hosts.length < 2) return null
  const own = hosts.find(one => one.own)?.host ?? null
  return (
    <Select
      size="xs"
      aria-label={t('diagnose.host')}
      allowDeselect={false}
      value={host ?? own}
      onChange={chosen =>
        void navigate({
          search: ((old: object) => ({ ...old, host: chosen === own ? undefined : chosen })) as never,
          replace: true,
        })
      }
      comboboxProps={{ transitionProps: { duration: 0 } }}
      data={hosts.map(one => one.host)}
    />
  )
}
