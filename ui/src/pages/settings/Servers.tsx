import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  agentsKey,
  agentsQuery,
  archiveQuery,
  type Door,
  doorQuery,
  type EnrolledServer,
  type EnrolmentLine,
  forget,
  newLine,
  openDoor,
  retire,
} from '../../api/enrolment'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { CopyButton } from '../../components/CopyButton'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import { Forbidden } from '../../components/States'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

/** How often the list is asked for while somebody waits for a server to come in. */
const WAITING_MILLIS = 2_000

/** Adding a server with one pasted line, and the servers that came in that way. */
export function Servers() {
  const { t, may } = useApp()
  const door = useQuery(doorQuery)
  const { data: enrolled } = useQuery(agentsQuery())
  return (
    <Loaded query={door} height={160}>
      {open => (
        <>
          <p className={classes.lead}>{t('servers.lead')}</p>
          {!may('admin') && <Forbidden needed="admin" />}
          {may('admin') && (open.listen === null ? <OpenDoor /> : <AddServer door={open} />)}
          {enrolled !== undefined && enrolled.total > 0 && <Enrolled />}
        </>
      )}
    </Loaded>
  )
}

function OpenDoor() {
  const { t } = useApp()
  const queries = useQueryClient()
  const [listen, setListen] = useState('0.0.0.0:9596')
  const open = useMutation({
    mutationFn: () => openDoor(listen.trim()),
    onSuccess: door => queries.setQueryData(doorQuery.queryKey, door),
  })
  return (
    <div className={`${classes.card} ${classes.padded}`}>
      <p>{t('servers.closed')}</p>
      <TextInput
        size="xs"
        label={t('servers.listen')}
        value={listen}
        onChange={event => setListen(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button size="xs" loading={open.isPending} onClick={() => open.mutate()}>
          {t('servers.open')}
        </Button>
      </div>
      {open.error !== null && <FormError message={open.error.message} />}
    </div>
  )
}

function AddServer({ door }: { door: Door }) {
  const { t } = useApp()
  const [host, setHost] = useState(
    door.names.includes(window.location.hostname) ? window.location.hostname : (door.names[0] ?? ''),
  )
  const make = useMutation({ mutationFn: () => newLine(host) })
  useQuery(archiveQuery)
  return (
    <div className={`${classes.card} ${classes.padded}`}>
      <Select
        size="xs"
        label={t('servers.host')}
        data={[...door.names]}
        value={host}
        onChange={value => value !== null && setHost(value)}
      />
      <div className={classes.buttons}>
        <Button size="xs" loading={make.isPending} onClick={() => make.mutate()}>
          {t('servers.add')}
        </Button>
      </div>
      {make.error !== null && <FormError message={make.error.message} />}
      {make.data !== undefined && <Line made={make.data} runtime={door.runtime} />}
    </div>
  )
}

function Line({ made, runtime }: { made: EnrolmentLine; runtime: string }) {
  const { t, zone } = useApp()
  const waited = useQuery({ ...agentsQuery({ token: made.id }), refetchInterval: WAITING_MILLIS })
  const server = waited.data?.agents.find(agent => agent.token === made.id)
  return (
    <>
      <p>{t('servers.paste', { time: dateTimeText(made.expiresAt, zone) })}</p>
      <p className={classes.secret}>{made.line}</p>
      <CopyButton text={made.line} />
      <p className={classes.muted}>
        {t('servers.runtime', { runtime })} {t('servers.update')}
      </p>
      <p role="status">
        {server === undefined
          ? t('servers.waiting')
          : server.link.state === 'waiting'
            ? t('servers.enrolled', { name: server.name })
            : t('servers.arrived', { name: server.name })}
      </p>
      {server !== undefined && server.link.state !== 'waiting' && <ToServer server={server} />}
    </>
  )
}

function ToServer({ server }: { server: EnrolledServer }) {
  return (
    <Link to="/servers/$id/$tab" params={{ id: server.id, tab: 'overview' }} search={true as never}>
      {server.name}
    </Link>
  )
}

/** The hub tells a page of them; the others are found by their names. */
function Enrolled() {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const [words, setWords] = useState('')
  const { data } = useQuery(agentsQuery(words.trim() === '' ? {} : { q: words.trim() }))
  const [ending, setEnding] = useState<EnrolledServer | null>(null)
  const end = useMutation({
    mutationFn: ({ id, retiredAt }: EnrolledServer) => (retiredAt === null ? retire(id) : forget(id)),
    onSuccess: () => queries.invalidateQueries({ queryKey: agentsKey }),
  })
  const found = data?.agents ?? []
  const more = (data?.matched ?? 0) - found.length
  const doing = (agent: EnrolledServer) => t(agent.retiredAt === null ? 'servers.retire' : 'action.delete')
  return (
    <div className={classes.card}>
      <div className={classes.padded}>
        <TextInput
          size="xs"
          data-filter
          label={t('servers.filter')}
          value={words}
          onChange={event => setWords(event.currentTarget.value)}
        />
      </div>
      <ul className={classes.list} aria-label={t('settings.servers')}>
        {found.map(agent => (
          <li key={agent.id} className={classes.row}>
            <div>
              {agent.retiredAt === null ? <ToServer server={agent} /> : <strong>{agent.name}</strong>}
              <p className={classes.hint}>
                <Standing agent={agent} />
              </p>
            </div>
            {may('admin') && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${doing(agent)} ${agent.name}`}
                onClick={() => setEnding(agent)}
              >
                {doing(agent)}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {more > 0 && <p className={`${classes.padded} ${classes.muted}`}>{t('servers.more', { n: more })}</p>}
      {end.error !== null && <FormError message={end.error.message} />}
      {ending !== null && (
        <Confirm
          title={t(`servers.${ending.retiredAt === null ? 'retire' : 'delete'}.title`, { name: ending.name })}
          body={t(`servers.${ending.retiredAt === null ? 'retire' : 'delete'}.body`)}
          action={doing(ending)}
          onClose={() => setEnding(null)}
          onConfirm={() => {
            end.mutate(ending)
            setEnding(null)
          }}
        />
      )}
    </div>
  )
}

/** A clock that is less than this off is no trouble to anything; the hub's alert begins at a minute. */
const CLOCK_TOLERANCE_MILLIS = 10_000

/** How an enrolled server's link is, or since when it is retired and where its history is. */
function Standing({ agent: { name, retiredAt, link } }: { agent: EnrolledServer }) {
  const { t, zone, duration } = useApp()
  if (retiredAt !== null)
    return (
      <>
        {t('servers.retired', { time: dateTimeText(retiredAt, zone) })} ·{' '}
        <Link
          to="/explore"
          search={{ q: `{instance=${JSON.stringify(name)},__name__=~"up|node_load1"}` } as never}
        >
          {t('servers.history')}
        </Link>
      </>
    )
  return (
    <>
      {t(`servers.state.${link.state}`)}
      {link.version !== null && ` · ${t('servers.version', { version: link.version })}`}
      {link.cloneAddress !== null && ` ${t('servers.clone', { address: link.cloneAddress })}`}
      {Math.abs(link.clockOffsetMillis) >= CLOCK_TOLERANCE_MILLIS &&
        ` · ${t(link.clockOffsetMillis > 0 ? 'servers.clock.ahead' : 'servers.clock.behind', {
          time: duration(Math.abs(link.clockOffsetMillis)),
        })}`}
      {link.droppedRequests > 0 && ` · ${t('servers.dropped', { n: link.droppedRequests })}`}
      {link.refusal !== '' && ` · ${t('servers.refused', { n: link.refusedSamples })}: ${link.refusal}`}
    </>
  )
}
