import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/client'
import { type FleetHost, type HostAttributes, writeAttributes } from '../../api/fleet'
import { addSilence } from '../../api/incidents'
import { live } from '../../api/live'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { CollectionForm } from './CollectionForm'
import classes from './Fleet.module.css'
import { Life } from './Life'

const HOUR = 3_600_000
const HOURS = [1, 4, 8, 24, 72] as const

/** What people say of a server, planned work on it or on its group, how it is measured, its name and its end. */
export function HostDialog({
  one,
  groups,
  version,
  onClose,
}: {
  one: FleetHost
  groups: readonly string[]
  /** The hub's. */
  version: string
  onClose: () => void
}) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const { host, attributes } = one
  const [group, setGroup] = useState(attributes.group)
  const [owner, setOwner] = useState(attributes.owner)
  const [tags, setTags] = useState(attributes.tags.join(' '))
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['fleet'] })
    void queries.invalidateQueries({ queryKey: ['silences'] })
    onClose()
  }
  const save = useMutation({
    mutationFn: (said: HostAttributes) => writeAttributes(host.id, said),
    onSuccess: done,
  })
  const errorOf = (field: string) =>
    save.error instanceof ApiError && save.error.field === field ? { error: save.error.message } : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ group, owner, tags: tags.split(/[\s,]+/).filter(tag => tag !== '') })
  }
  return (
    <Modal
      opened
      size={520}
      onClose={onClose}
      title={host.name}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {one.outdated && (
        <p className={classes.form}>
          {t('fleet.outdated.hint', { agent: host.agentVersion ?? '', hub: version })}
          <Link to="/settings/$section" params={{ section: 'servers' }} search={true as never}>
            {t('fleet.outdated.line')}
          </Link>
        </p>
      )}
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label={t('fleet.column.group')}
          description={t('fleet.group.hint')}
          list="fleet-groups"
          value={group}
          onChange={event => setGroup(event.currentTarget.value)}
          {...errorOf('group')}
        />
        <datalist id="fleet-groups">
          {groups.map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <TextInput
          label={t('fleet.owner')}
          value={owner}
          onChange={event => setOwner(event.currentTarget.value)}
          {...errorOf('owner')}
        />
        <TextInput
          label={t('fleet.tags')}
          description={t('fleet.tags.hint')}
          value={tags}
          onChange={event => setTags(event.currentTarget.value)}
          {...errorOf('tags')}
        />
        {save.error !== null && !(save.error instanceof ApiError && save.error.field !== undefined) && (
          <FormError message={save.error.message} />
        )}
        <div className={classes.buttons}>
          <Button type="submit" size="xs" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
      <Maintenance one={one} onDone={done} />
      {may('admin') && (
        <>
          {(one.enrolled || host.self) && <CollectionForm one={one} onDone={done} />}
          {!host.self && <Life one={one} onDone={done} />}
        </>
      )}
    </Modal>
  )
}

function Maintenance({ one, onDone }: { one: FleetHost; onDone: () => void }) {
  const { t } = useApp()
  const { host, attributes } = one
  const [scope, setScope] = useState<'instance' | 'group'>('instance')
  const [hours, setHours] = useState<number>(HOURS[0])
  const [comment, setComment] = useState('')
  const plan = useMutation({
    mutationFn: () => {
      const now = live.now()
      return addSilence({
        matchers: [{ name: scope, operator: '=', value: scope === 'group' ? attributes.group : host.name }],
        schedule: { startsAt: now, endsAt: now + hours * HOUR, days: [], from: null, minutes: 0, zone: null },
        maintenance: true,
        comment: comment.trim() === '' ? t('status.maintenance') : comment.trim(),
      })
    },
    onSuccess: onDone,
  })
  return (
    <form
      className={classes.form}
      onSubmit={event => {
        event.preventDefault()
        plan.mutate()
      }}
    >
      <h3>{t('status.maintenance')}</h3>
      <p className={classes.hint}>{t('fleet.maintenance.hint')}</p>
      <div className={classes.pair}>
        <Select
          label={t('fleet.maintenance.of')}
          allowDeselect={false}
          data={[
            { value: 'instance', label: host.name },
            ...(attributes.group === ''
              ? []
              : [{ value: 'group', label: t('fleet.maintenance.group', { group: attributes.group }) }]),
          ]}
          value={scope}
          onChange={value => setScope(value === 'group' ? 'group' : 'instance')}
        />
        <Select
          label={t('fleet.maintenance.for')}
          allowDeselect={false}
          data={HOURS.map(n => ({ value: String(n), label: t('fleet.hours', { n }) }))}
          value={String(hours)}
          onChange={value => setHours(Number(value))}
        />
      </div>
      <TextInput
        label={t('fleet.maintenance.why')}
        value={comment}
        onChange={event => setComment(event.currentTarget.value)}
      />
      {plan.error !== null && <FormError message={plan.error.message} />}
      <div className={classes.buttons}>
        <Button type="submit" size="xs" variant="default" loading={plan.isPending}>
          {t('fleet.maintenance.begin')}
        </Button>
      </div>
    </form>
  )
}
