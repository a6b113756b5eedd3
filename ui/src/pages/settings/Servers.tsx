import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  agentsQuery,
  type Door,
  doorQuery,
  type EnrolledServer,
  type EnrolmentLine,
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
import { ActionsCell, MutedCell, Table } from '../../components/Table'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

/** Adding a server with one pasted line, and the servers that came in that way. */
export function Servers() {
  const { t, may } = useApp()
  const door = useQuery(doorQuery)
  const { data: agents = [] } = useQuery(agentsQuery)
  return (
    <Loaded query={door} height={160}>
      {open => (
        <>
          <p className={classes.lead}>{t('servers.lead')}</p>
          {!may('admin') && <Forbidden needed="admin" />}
          {may('admin') && (open.listen === null ? <OpenDoor /> : <AddServer door={open} agents={agents} />)}
          {agents.length > 0 && <Enrolled agents={agents} />}
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

function AddServer({ door, agents }: { door: Door; agents: readonly EnrolledServer[] }) {
  const { t } = useApp()
  const [host, setHost] = useState(
    door.names.includes(window.location.hostname) ? window.location.hostname : (door.names[0] ?? ''),
  )
  const make = useMutation({ mutationFn: () => newLine(host) })
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
      {make.data !== undefined && <Line made={make.data} runtime={door.runtime} agents={agents} />}
    </div>
  )
}

function Line({
  made,
  runtime,
  agents,
}: {
  made: EnrolmentLine
  runtime: string
  agents: readonly EnrolledServer[]
}) {
  const { t, zone } = useApp()
  const server = agents.find(agent => agent.token === made.id)
  return (
    <>
      <p>{t('servers.paste', { time: dateTimeText(made.expiresAt, zone) })}</p>
      <p className={classes.secret}>{made.line}</p>
      <CopyButton text={made.line} />
      <p className={classes.muted}>{t('servers.runtime', { runtime })}</p>
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

function Enrolled({ agents }: { agents: readonly EnrolledServer[] }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const [retiring, setRetiring] = useState<EnrolledServer | null>(null)
  const remove = useMutation({
    mutationFn: retire,
    onSuccess: () => queries.invalidateQueries({ queryKey: agentsQuery.queryKey }),
  })
  return (
    <div className={classes.card}>
      <Table
        label={t('settings.servers')}
        columns={[t('servers.name'), t('servers.state'), { actions: t('servers.retire') }]}
      >
        {agents.map(agent => (
          <tr key={agent.id}>
            <td>{agent.retiredAt === null ? <ToServer server={agent} /> : agent.name}</td>
            <MutedCell>
              {t(agent.retiredAt === null ? `servers.state.${agent.link.state}` : 'servers.state.retired')}
              {agent.link.cloneAddress !== null &&
                ` ${t('servers.clone', { address: agent.link.cloneAddress })}`}
            </MutedCell>
            <ActionsCell>
              {may('admin') && agent.retiredAt === null && (
                <Button size="compact-xs" variant="default" onClick={() => setRetiring(agent)}>
                  {t('servers.retire')}
                </Button>
              )}
            </ActionsCell>
          </tr>
        ))}
      </Table>
      {remove.error !== null && <FormError message={remove.error.message} />}
      {retiring !== null && (
        <Confirm
          title={t('servers.retire.title', { name: retiring.name })}
          body={t('servers.retire.body')}
          action={t('servers.retire')}
          onClose={() => setRetiring(null)}
          onConfirm={() => {
            remove.mutate(retiring.id)
            setRetiring(null)
          }}
        />
      )}
    </div>
  )
}
