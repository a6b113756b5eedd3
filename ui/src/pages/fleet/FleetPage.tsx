import { Button, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import {
  FLEET_STATUSES,
  type FleetAnswer,
  type FleetHost,
  fleetQuery,
  PAGE_SIZE,
  stripsQuery,
} from '../../api/fleet'
import { hostsQuery } from '../../api/hosts'
import { Board } from '../../charts/Board'
import { Signals } from '../../charts/Signals'
import { useApp } from '../../components/app'
import { Icon } from '../../components/icons'
import { ServerFooter } from '../../components/ServerFooter'
import { ServerHeader } from '../../components/ServerHeader'
import { ServerTabs } from '../../components/ServerTabs'
import { Failure, Notice, Skeleton } from '../../components/States'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { formatText } from '../../lib/units'
import classes from './Fleet.module.css'
import { FleetCards } from './FleetCards'
import { FleetChart } from './FleetChart'
import { FleetTable } from './FleetTable'
import { HostDialog } from './HostDialog'
import { type FleetState, filterOf, nextSort } from './state'
import { STATUS } from './words'

/** Where a table's columns would lie off the screen, the worst thing of each server among them. */
const PHONE = matchMedia('(max-width: 600px)')

/** All servers: with one of them its overview, else cards or a table, problems first. */
export default function FleetPage() {
  const { t } = useApp()
  const search = useSearch({ from: '/inside/fleet' })
  const { data: fleet, error, refetch } = useQuery(fleetQuery(filterOf(search)))
  useTitle(t('fleet.title'))
  return (
    <Shell timed crumbs={[{ text: t('nav.fleet') }]}>
      {fleet === undefined && error === null && <Skeleton height={480} />}
      {fleet === undefined && error !== null && (
        <Failure error={error} retry={() => void refetch()} needed="viewer" />
      )}
      {fleet?.total === 0 && <Notice title={t('fleet.empty.title')}>{t('fleet.empty.body')}</Notice>}
      {fleet?.total === 1 && <Only />}
      {fleet !== undefined && fleet.total > 1 && <Many fleet={fleet} state={search} />}
    </Shell>
  )
}

function Only() {
  const { data: hosts } = useQuery(hostsQuery)
  const only = hosts?.[0]
  if (only === undefined) return <Skeleton height={480} />
  return (
    <>
      <ServerHeader host={only} />
      <ServerTabs id={only.id} name={only.name} current="overview" />
      <Signals host={only} />
      <Board host={only} aspect="overview" />
      <ServerFooter host={only} />
    </>
  )
}

function Many({ fleet, state }: { fleet: FleetAnswer; state: FleetState }) {
  const { t } = useApp()
  const navigate = useNavigate()
  const [editing, setEditing] = useState<FleetHost | null>(null)
  const change = (next: { readonly [K in keyof FleetState]?: FleetState[K] | undefined }) =>
    void navigate({
      to: '.',
      search: ((old: object) => ({ ...old, page: undefined, ...next })) as never,
      replace: true,
    })
  const view = state.view ?? (fleet.total > PAGE_SIZE && !PHONE.matches ? 'table' : 'cards')
  const { data: strips } = useQuery(
    stripsQuery(view === 'cards' ? fleet.hosts.map(({ host }) => host.name) : []),
  )
  const page = Number(state.page ?? 1)
  const pages = Math.max(1, Math.ceil(fleet.matched / PAGE_SIZE))
  return (
    <>
      <div className={classes.header}>
        <h1>{t('fleet.title')}</h1>
        <span className={classes.count}>
          {t('fleet.count', { n: fleet.total })}
          {fleet.cores > 0 &&
            ` · ${t('fleet.capacity', {
              used: formatText(fleet.usedCores, 'cores'),
              cores: fleet.cores,
              usedMemory: formatText(fleet.usedMemoryBytes, 'bytes'),
              memory: formatText(fleet.memoryBytes, 'bytes'),
            })}`}
          {fleet.retired > 0 && (
            <>
              {' · '}
              <Link to="/settings/$section" params={{ section: 'servers' }} search={true as never}>
                {t('fleet.retired', { n: fleet.retired })}
              </Link>
            </>
          )}
        </span>
        <TextInput
          size="xs"
          className={classes.filter}
          data-filter
          aria-label={t('fleet.filter')}
          placeholder={t('fleet.filter')}
          leftSection={<Icon name="search" size={14} />}
          value={state.q ?? ''}
          onChange={event => change({ q: event.currentTarget.value || undefined })}
        />
      </div>
      <div className={classes.tools}>
        <Chips fleet={fleet} state={state} change={change} />
        {Object.keys(fleet.groups).length > 0 && (
          <Select
            size="xs"
            className={classes.pick}
            aria-label={t('fleet.column.group')}
            placeholder={t('fleet.column.group')}
            clearable
            data={Object.entries(fleet.groups).map(([name, n]) => ({ value: name, label: `${name} (${n})` }))}
            value={state.group ?? null}
            onChange={value => change({ group: value ?? undefined })}
          />
        )}
        {Object.keys(fleet.tags).length > 0 && (
          <Select
            size="xs"
            className={classes.pick}
            aria-label={t('fleet.tags')}
            placeholder={t('fleet.tags')}
            clearable
            data={Object.entries(fleet.tags).map(([name, n]) => ({ value: name, label: `${name} (${n})` }))}
            value={state.tag ?? null}
            onChange={value => change({ tag: value ?? undefined })}
          />
        )}
        <span className={classes.space} />
        <Button
          size="xs"
          variant="default"
          aria-pressed={state.chart !== undefined}
          onClick={() => change({ chart: state.chart === undefined ? 'cpu' : undefined, page: state.page })}
        >
          {t('fleet.chart.button')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => change({ view: view === 'cards' ? 'table' : 'cards', page: state.page })}
        >
          {view === 'cards' ? t('fleet.view.table') : t('fleet.view.cards')}
        </Button>
      </div>
      {state.chart !== undefined && (
        <FleetChart
          hosts={fleet.hosts}
          metric={state.chart}
          onMetric={metric => change({ chart: metric, page: state.page })}
        />
      )}
      {fleet.hosts.length === 0 ? (
        <Notice
          title={t('fleet.noMatch.title', { q: state.q ?? '' })}
          action={
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                change({
                  q: undefined,
                  status: undefined,
                  group: undefined,
                  tag: undefined,
                  agent: undefined,
                })
              }
            >
              {t('fleet.noMatch.action')}
            </Button>
          }
        />
      ) : view === 'cards' ? (
        <FleetCards hosts={fleet.hosts} strips={strips} onEdit={setEditing} />
      ) : (
        <FleetTable
          filter={filterOf({ ...state, page: undefined })}
          matched={fleet.matched}
          sort={state.sort}
          onSort={column => change({ sort: nextSort(state.sort, column) })}
          onEdit={setEditing}
        />
      )}
      {view === 'cards' && pages > 1 && (
        <nav className={classes.pages} aria-label={t('fleet.pages')}>
          <Button
            size="xs"
            variant="default"
            disabled={page <= 1}
            onClick={() => change({ page: page <= 2 ? undefined : String(page - 1) })}
          >
            {t('fleet.previous')}
          </Button>
          <span>{t('fleet.page', { page, pages, n: fleet.matched })}</span>
          <Button
            size="xs"
            variant="default"
            disabled={page >= pages}
            onClick={() => change({ page: String(page + 1) })}
          >
            {t('fleet.next')}
          </Button>
        </nav>
      )}
      {editing !== null && (
        <HostDialog
          version={fleet.version}
          key={editing.host.id}
          one={editing}
          groups={Object.keys(fleet.groups)}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  )
}

function Chips({
  fleet,
  state,
  change,
}: {
  fleet: FleetAnswer
  state: FleetState
  change: (next: { status?: string | undefined; agent?: 'outdated' | undefined }) => void
}) {
  const { t } = useApp()
  const chosen = new Set(state.status?.split(',') ?? [])
  return (
    <fieldset className={classes.chips}>
      <legend className="sr-only">{t('fleet.column.status')}</legend>
      {FLEET_STATUSES.filter(status => (fleet.statuses[status] ?? 0) > 0 || chosen.has(status)).map(
        status => (
          <button
            key={status}
            type="button"
            className={classes.chip}
            aria-pressed={chosen.has(status)}
            onClick={() => {
              const next = new Set(chosen)
              if (!next.delete(status)) next.add(status)
              change({ status: next.size === 0 ? undefined : [...next].join(',') })
            }}
          >
            <Status level={STATUS[status][0]} word={t(STATUS[status][1])} />
            <span className={classes.chipCount}>{fleet.statuses[status] ?? 0}</span>
          </button>
        ),
      )}
      {(fleet.outdated > 0 || state.agent !== undefined) && (
        <button
          type="button"
          className={classes.chip}
          aria-pressed={state.agent !== undefined}
          onClick={() => change({ agent: state.agent === undefined ? 'outdated' : undefined })}
        >
          {t('fleet.outdated')}
          <span className={classes.chipCount}>{fleet.outdated}</span>
        </button>
      )}
    </fieldset>
  )
}
