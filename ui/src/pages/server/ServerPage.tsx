import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { hostQuery } from '../../api/hosts'
import { Board } from '../../charts/Board'
import { Signals } from '../../charts/Signals'
import { useApp } from '../../components/app'
import { Bottleneck } from '../../components/Bottleneck'
import { Loaded } from '../../components/Loaded'
import { ServerFooter } from '../../components/ServerFooter'
import { ServerHeader } from '../../components/ServerHeader'
import { ServerTabs } from '../../components/ServerTabs'
import { Notice } from '../../components/States'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { ProcessTable } from './ProcessTable'

const route = getRouteApi('/inside/servers/$id/$tab')

export default function ServerPage() {
  const { t } = useApp()
  const { id, tab } = route.useParams()
  const query = useQuery(hostQuery(id))
  const { data: host } = query
  useTitle(host === undefined ? t('nav.fleet') : `${host.name} · ${t(`tab.${tab}`)}`)

  return (
    <Shell timed crumbs={[{ text: t('nav.fleet'), to: '/fleet' }, { text: host?.name ?? id }]}>
      <Loaded
        query={query}
        height={480}
        missing={<Notice title={t('host.notFound.title')}>{t('host.notFound.body', { id })}</Notice>}
      >
        {found => (
          <>
            <ServerHeader host={found} />
            <ServerTabs id={id} name={found.name} current={tab} />
            {tab === 'overview' && <Bottleneck host={found} />}
            {tab === 'overview' && <Signals host={found} />}
            {tab === 'processes' ? (
              <ProcessTable host={found} />
            ) : (
              <Board key={tab} host={found} aspect={tab} />
            )}
            <ServerFooter host={found} />
          </>
        )}
      </Loaded>
    </Shell>
  )
}
