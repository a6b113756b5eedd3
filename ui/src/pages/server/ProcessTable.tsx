import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Host } from '../../api/hosts'
import { type Process, processesQuery } from '../../api/processes'
import { panel } from '../../charts/panels'
import { TimeChart } from '../../charts/TimeChart'
import { useApp } from '../../components/app'
import { Icon } from '../../components/icons'
import { ProfileDialog } from '../../components/profiles/ProfileDialog'
import { Failure, Notice, Skeleton } from '../../components/States'
import { useTime } from '../../components/time'
import type { PlainKey } from '../../lib/i18n'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import classes from './ProcessTable.module.css'

type Value = string | number | null

interface Column {
  readonly id: string
  readonly word: PlainKey
  readonly of: (process: Process) => Value
  readonly text: (process: Process, words: (state: string) => string) => string
  readonly number: boolean
  /** Hidden where the screen is narrow. */
  readonly minor?: true
}

const text = (value: string | null): string => value ?? '–'

const COLUMNS: readonly Column[] = [
  { id: 'comm', word: 'column.name', of: p => p.comm, text: p => p.comm, number: false },
  { id: 'pid', word: 'column.pid', of: p => p.pid, text: p => `${p.pid}`, number: true },
  {
    id: 'cpu',
    word: 'column.cpu',
    of: p => p.cpuCores,
    text: p => formatText(p.cpuCores === null ? null : 100 * p.cpuCores, 'percent'),
    number: true,
  },
  {
    id: 'memory',
    word: 'column.memory',
    of: p => p.residentBytes,
    text: p => formatText(p.residentBytes, 'bytes'),
    number: true,
  },
  {
    id: 'read',
    word: 'column.read',
    of: p => p.readBytesPerSecond,
    text: p => formatText(p.readBytesPerSecond, 'bytesPerSecond'),
    number: true,
    minor: true,
  },
  {
    id: 'written',
    word: 'column.written',
    of: p => p.writtenBytesPerSecond,
    text: p => formatText(p.writtenBytesPerSecond, 'bytesPerSecond'),
    number: true,
    minor: true,
  },
  {
    id: 'threads',
    word: 'column.threads',
    of: p => p.threads,
    text: p => formatText(p.threads, 'count'),
    number: true,
    minor: true,
  },
  {
    id: 'fds',
    word: 'column.fds',
    of: p => p.openFds,
    text: p => formatText(p.openFds, 'count'),
    number: true,
    minor: true,
  },
  { id: 'user', word: 'column.user', of: p => p.user, text: p => p.user, number: false, minor: true },
  { id: 'unit', word: 'column.unit', of: p => p.unit, text: p => text(p.unit), number: false, minor: true },
  {
    id: 'state',
    word: 'column.state',
    of: p => p.state,
    text: (p, words) => words(p.state),
    number: false,
    minor: true,
  },
]

const STATES: Readonly<Record<string, PlainKey>> = {
  R: 'state.R',
  S: 'state.S',
  D: 'state.D',
  Z: 'state.Z',
  T: 'state.T',
  I: 'state.I',
}

const ASKED = 500
const DEFAULT_SORT = '-cpu'

/** Every process of a moment: now, or the one chosen on the chart above. */
export function ProcessTable({ host }: { host: Host }) {
  const { t, zone, duration, may } = useApp()
  const [profiled, setProfiled] = useState<Process | null>(null)
  const time = useTime()
  const navigate = useNavigate()
  const search = useSearch({ from: '/inside/servers/$id/$tab' })
  const at = time.pinned ?? (time.live ? (time.paused ? time.interval().to : null) : time.interval().to)
  const { data, error, refetch } = useQuery({
    ...processesQuery(host.id, at === null ? null : Math.floor(at / 1000) * 1000, ASKED),
    placeholderData: previous => previous,
  })

  const sort = search.sort ?? DEFAULT_SORT
  const descending = sort.startsWith('-')
  const column = COLUMNS.find(({ id }) => id === sort.replace(/^-/, '')) ?? COLUMNS[2]
  const query = search.q ?? ''
  const change = (changed: { sort?: string; q?: string | undefined }) =>
    void navigate({
      to: '.',
      search: ((old: object) => ({ ...old, ...changed })) as never,
      replace: true,
      resetScroll: false,
    })

  const words = (state: string): string => {
    const key = STATES[state]
    return key === undefined ? state : t(key)
  }
  const rows = (data?.processes ?? [])
    .filter(process => matches(process, query))
    .sort((a, b) => (column === undefined ? 0 : compare(column.of(a), column.of(b), descending)))

  return (
    <div className={classes.page}>
      {profiled !== null && (
        <ProfileDialog
          host={host.id}
          pid={profiled.pid}
          comm={profiled.comm}
          onClose={() => setProfiled(null)}
        />
      )}
      <TimeChart panel={panel('cpu-modes')} host={host} height={132} />
      <section className={classes.card} aria-label={t('process.title')}>
        <header className={classes.header}>
          <TextInput
            size="xs"
            className={classes.filter}
            data-filter
            aria-label={t('process.filter')}
            placeholder={t('process.filter')}
            leftSection={<Icon name="search" size={14} />}
            value={query}
            onChange={event => change({ q: event.currentTarget.value || undefined })}
          />
          <p className={classes.when}>
            {data?.at !== null &&
              data?.at !== undefined &&
              t('process.snapshot', {
                time: dateTimeText(data.at, zone),
                period: duration(data.periodMillis),
              })}
          </p>
          {time.pinned !== null && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Icon name="close" size={14} />}
              onClick={() => time.pin(null)}
            >
              {t('process.toNow')}
            </Button>
          )}
        </header>
        {data === undefined && error === null && <Skeleton height={320} />}
        {data === undefined && error !== null && (
          <Failure error={error} retry={() => void refetch()} needed="viewer" />
        )}
        {data !== undefined && data.at === null && (
          <Notice title={t('process.none.title')}>{data.reason}</Notice>
        )}
        {data !== undefined && data.at !== null && rows.length === 0 && (
          <Notice title={t('process.noMatch', { q: query })} />
        )}
        {rows.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
          <section className={classes.scroll} tabIndex={0} aria-label={t('process.title')}>
            <table className={classes.table}>
              <thead>
                <tr>
                  {COLUMNS.map(({ id, word, number, minor }) => {
                    const active = id === column?.id
                    return (
                      <th
                        key={id}
                        scope="col"
                        data-number={number || undefined}
                        data-minor={minor}
                        aria-sort={active ? (descending ? 'descending' : 'ascending') : 'none'}
                      >
                        <button
                          type="button"
                          onClick={() => change({ sort: (active ? !descending : number) ? `-${id}` : id })}
                        >
                          {t(word)}
                          <span aria-hidden="true">{active ? (descending ? ' ↓' : ' ↑') : ''}</span>
                        </button>
                      </th>
                    )
                  })}
                  {may('operator') && <th scope="col">{t('profile.title')}</th>}
                </tr>
              </thead>
              <tbody>
                {rows.map(process => (
                  <tr key={process.pid}>
                    {COLUMNS.map(({ id, number, minor, of, text: write }) => (
                      <td
                        key={id}
                        data-number={number || undefined}
                        data-minor={minor}
                        title={of(process) === null && number ? t('process.missing') : undefined}
                      >
                        {write(process, words)}
                      </td>
                    ))}
                    {may('operator') && (
                      <td>
                        <Button
                          size="compact-xs"
                          variant="default"
                          aria-label={t('profile.of', { process: process.comm, pid: process.pid })}
                          onClick={() => setProfiled(process)}
                        >
                          {t('profile.do')}
                        </Button>
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        <footer className={classes.footer}>
          {t('process.count', { n: rows.length })}
          <span>{t('process.hint')}</span>
        </footer>
      </section>
    </div>
  )
}

function matches({ comm, user, unit, pid }: Process, query: string): boolean {
  const wanted = query.trim().toLowerCase()
  return wanted === '' || [comm, user, unit ?? '', `${pid}`].some(part => part.toLowerCase().includes(wanted))
}

/** Missing values come last in either direction. */
function compare(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))
  return descending ? -order : order
}
