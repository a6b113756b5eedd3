import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type Host, hostsQuery } from '../../api/hosts'
import { live } from '../../api/live'
import { Board } from '../../charts/Board'
import { isOver, SignalBar, Signals, type SignalValue, useSignals } from '../../charts/Signals'
import { Sparkline } from '../../charts/Sparkline'
import { useApp } from '../../components/app'
import { Icon } from '../../components/icons'
import { ServerFooter } from '../../components/ServerFooter'
import { ServerHeader, useLiveStatus } from '../../components/ServerHeader'
import { ServerTabs } from '../../components/ServerTabs'
import { Failure, Notice, Skeleton } from '../../components/States'
import { HostStatusBadge } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useOnScreen } from '../../components/useOnScreen'
import { useTitle } from '../../components/useTitle'
import { formatText } from '../../lib/units'
import classes from './FleetPage.module.css'

/** All servers: with one of them its overview, else a card each, problems first. */
export default function FleetPage() {
  const { t } = useApp()
  const { data: hosts, error, refetch } = useQuery(hostsQuery)
  useTitle(t('fleet.title'))
  const only = hosts?.length === 1 ? hosts[0] : undefined

  return (
    <Shell timed crumbs={[{ text: t('nav.fleet') }]}>
      {hosts === undefined && error === null && <Skeleton height={480} />}
      {hosts === undefined && error !== null && (
        <Failure error={error} retry={() => void refetch()} needed="viewer" />
      )}
      {hosts?.length === 0 && <Notice title={t('fleet.empty.title')}>{t('fleet.empty.body')}</Notice>}
      {only !== undefined && (
        <>
          <ServerHeader host={only} />
          <ServerTabs id={only.id} name={only.name} current="overview" />
          <Signals host={only} />
          <Board host={only} aspect="overview" />
          <ServerFooter host={only} />
        </>
      )}
      {hosts !== undefined && hosts.length > 1 && <Cards hosts={hosts} />}
    </Shell>
  )
}

const URGENCY: Record<Host['status'], number> = { silent: 0, late: 1, ok: 2 }

function Cards({ hosts }: { hosts: readonly Host[] }) {
  const { t } = useApp()
  const navigate = useNavigate()
  const { q = '' } = useSearch({ from: '/inside/fleet' })
  const filter = (value: string | undefined) =>
    void navigate({ to: '.', search: ((old: object) => ({ ...old, q: value })) as never, replace: true })
  const shown = hosts
    .filter(({ name }) => name.toLowerCase().includes(q.trim().toLowerCase()))
    .sort(
      (a, b) =>
        URGENCY[a.status] - URGENCY[b.status] || a.name.localeCompare(b.name, 'en', { numeric: true }),
    )

  return (
    <>
      <div className={classes.header}>
        <h1>{t('fleet.title')}</h1>
        <span className={classes.count}>{t('fleet.count', { n: hosts.length })}</span>
        <TextInput
          size="xs"
          className={classes.filter}
          data-filter
          aria-label={t('fleet.filter')}
          placeholder={t('fleet.filter')}
          leftSection={<Icon name="search" size={14} />}
          value={q}
          onChange={event => filter(event.currentTarget.value || undefined)}
        />
      </div>
      {shown.length === 0 ? (
        <Notice
          title={t('fleet.noMatch.title', { q })}
          action={
            <Button size="xs" variant="default" onClick={() => filter(undefined)}>
              {t('fleet.noMatch.action')}
            </Button>
          }
        />
      ) : (
        <ul className={classes.cards}>
          {shown.map(host => (
            <ServerCard key={host.id} host={host} />
          ))}
        </ul>
      )}
    </>
  )
}

function ServerCard({ host }: { host: Host }) {
  const { t, duration } = useApp()
  const [box, visible] = useOnScreen<HTMLLIElement>()
  const signals = useSignals(host, visible)
  const status = useLiveStatus(host)
  const age = host.lastSampleAt === null ? null : live.now() - host.lastSampleAt

  return (
    <li ref={box} className={classes.card}>
      <Link
        to="/servers/$id/$tab"
        params={{ id: host.id, tab: 'overview' }}
        search={true as never}
        className={classes.open}
      >
        <span className={classes.top}>
          <HostStatusBadge status={status} />
          <span className={classes.name}>{host.name}</span>
          {host.self && <span className={classes.tag}>{t('host.self')}</span>}
        </span>
        <span className={classes.cells}>
          {signals?.map(signal => (
            <span key={signal.id} className={classes.cell} data-over={isOver(signal) || undefined}>
              <span className={classes.label}>{t(signal.title)}</span>
              <span className={classes.number}>{formatText(signal.value, signal.unit)}</span>
              <SignalBar signal={signal} />
              <Sparkline
                values={signal.values}
                height={20}
                {...(signal.unit === 'percent' ? { max: 100 } : {})}
              />
            </span>
          ))}
        </span>
        <span className={classes.worst}>
          {status === 'silent' && age !== null
            ? t('fleet.worst.silent', { age: duration(age) })
            : worst(signals ?? [], t)}
        </span>
      </Link>
    </li>
  )
}

/** The most pressing of the signals in words; silence when there is none. */
function worst(signals: readonly SignalValue[], t: ReturnType<typeof useApp>['t']): string {
  const over = signals
    .filter(isOver)
    .sort((a, b) => (b.value ?? 0) - (b.threshold ?? 0) - ((a.value ?? 0) - (a.threshold ?? 0)))[0]
  if (over === undefined) return t('fleet.worst.quiet')
  const value = formatText(over.value, over.unit)
  switch (over.id) {
    case 'cpu':
      return `▲ ${t('fleet.worst.cpu', { value })}`
    case 'memory':
      return `▲ ${t('fleet.worst.memory', { value })}`
    case 'disk':
      return `▲ ${t('fleet.worst.disk', { mount: over.mount ?? '', value })}`
    case 'network':
      return t('fleet.worst.quiet')
  }
}
