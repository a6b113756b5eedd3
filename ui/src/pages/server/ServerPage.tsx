import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ApiError } from '../../api/client'
import { hostQuery } from '../../api/hosts'
import { Board } from '../../charts/Board'
import { Signals } from '../../charts/Signals'
import { useApp } from '../../components/app'
import { Bottleneck } from '../../components/Bottleneck'
import { ServerFooter } from '../../components/ServerFooter'
import { ServerHeader } from '../../components/ServerHeader'
import { ServerTabs } from '../../components/ServerTabs'
import { Failure, Notice, Skeleton } from '../../components/States'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { ProcessTable } from './ProcessTable'

const route = getRouteApi('/inside/servers/$id/$tab')

export default function ServerPage() {
  const { t } = useApp()
  const { id, tab } = route.useParams()
  const { data: host, error, refetch } = useQuery(hostQuery(id))
  useTitle(host === undefined ? t('nav.fleet') : `${host.name} · ${t(`tab.${tab}`)}`)

  return (
    <Shell timed crumbs={[{ text: t('nav.fleet'), to: '/fleet' }, { text: host?.name ?? id }]}>
      {host === undefined ? (
        error === null ? (
          <Skeleton height={480} />
        ) : error instanceof ApiError && error.code === 'not_found' ? (
          <Notice title={t('host.notFound.title')}>{t('host.notFound.body', { id })}</Notice>
        ) : (
          <Failure error={error} retry={() => void refetch()} needed="viewer" />
        )
      ) : (
        <>
          <ServerHeader host={host} />
          <ServerTabs id={id} name={host.name} current={tab} />
          {tab === 'overview' && <Bottleneck host={host} />}
          {tab === 'overview' && <Signals host={host} />}
          {tab === 'processes' ? <ProcessTable host={host} /> : <Board key={tab} host={host} aspect={tab} />}
          <ServerFooter host={host} />
        </>
      )}
    </Shell>
  )
}
