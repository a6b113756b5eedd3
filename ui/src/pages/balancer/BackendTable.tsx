import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Backend, drain, type Pool, poolsQuery, weigh } from '../../api/pools'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Status } from '../../components/Status'
import { ActionsCell, NumberCell, Table } from '../../components/Table'
import { formatText } from '../../lib/units'
import settings from '../settings/Settings.module.css'
import classes from './Balancer.module.css'
import { backendState } from './state'

const MOST_WEIGHT = 1000

/** The backends with what they serve, and the controls that an operator has. */
export function BackendTable({ pool }: { pool: Pool }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const [weighing, setWeighing] = useState<Backend | null>(null)
  const renew = () => queries.invalidateQueries({ queryKey: poolsQuery.queryKey })
  const change = useMutation({
    mutationFn: ({ name, draining }: Backend) => drain(pool.name, name, !draining),
    onSuccess: renew,
  })
  return (
    <section className={settings.card}>
      <h2>{t('lb.backends')}</h2>
      <Table
        label={t('lb.backends')}
        columns={[
          t('lb.backend'),
          t('lb.state'),
          ...[t('lb.weight'), t('lb.requests'), t('lb.inFlight'), t('lb.errors'), 'p50', 'p99'].map(
            number => ({ number }),
          ),
          ...(may('operator') ? [{ actions: t('lb.actions') }] : []),
        ]}
      >
        {pool.backends.map(backend => (
          <Row
            key={backend.name}
            backend={backend}
            onDrain={() => change.mutate(backend)}
            onWeigh={() => setWeighing(backend)}
          />
        ))}
      </Table>
      <FormError message={change.error?.message ?? null} />
      {weighing !== null && (
        <WeightForm
          pool={pool.name}
          backend={weighing}
          onDone={() => {
            setWeighing(null)
            void renew()
          }}
        />
      )}
    </section>
  )
}

function Row({ backend, onDrain, onWeigh }: { backend: Backend; onDrain: () => void; onWeigh: () => void }) {
  const { t, may } = useApp()
  const [level, word] = backendState(backend)
  const { name, draining, setWeight, configuredWeight } = backend
  return (
    <tr>
      <th scope="row">
        {name}
        <br />
        <span className={classes.address}>{backend.address}</span>
      </th>
      <td title={backend.up ? undefined : backend.lastFailure}>
        <Status level={level} word={t(word)} />
      </td>
      <NumberCell>
        {formatText(setWeight, 'count')}
        {setWeight !== configuredWeight && (
          <span className={settings.muted}> / {formatText(configuredWeight, 'count')}</span>
        )}
      </NumberCell>
      <NumberCell>{formatText(backend.requests, 'count')}</NumberCell>
      <NumberCell>{formatText(backend.inFlight, 'count')}</NumberCell>
      <NumberCell>{formatText(backend.errors, 'count')}</NumberCell>
      <NumberCell>{formatText(backend.p50, 'seconds')}</NumberCell>
      <NumberCell>{formatText(backend.p99, 'seconds')}</NumberCell>
      {may('operator') && (
        <ActionsCell>
          <Button
            size="compact-xs"
            variant="default"
            onClick={onWeigh}
            aria-label={t('lb.weigh.of', { name })}
          >
            {t('lb.weigh')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={onDrain}
            aria-label={draining ? t('lb.undrain.of', { name }) : t('lb.drain.of', { name })}
          >
            {draining ? t('lb.undrain') : t('lb.drain')}
          </Button>
        </ActionsCell>
      )}
    </tr>
  )
}

function WeightForm({ pool, backend, onDone }: { pool: string; backend: Backend; onDone: () => void }) {
  const { t } = useApp()
  const [text, setText] = useState(String(backend.setWeight))
  const weight = Number(text)
  const valid = text.trim() !== '' && weight >= 0 && weight <= MOST_WEIGHT
  const save = useMutation({ mutationFn: () => weigh(pool, backend.name, weight), onSuccess: onDone })
  return (
    <Modal
      opened
      onClose={onDone}
      title={t('lb.weigh.of', { name: backend.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          if (valid) save.mutate()
        }}
      >
        <TextInput
          label={t('lb.weight')}
          description={t('lb.weigh.hint')}
          inputMode="decimal"
          value={text}
          error={valid ? null : t('lb.weigh.range')}
          onChange={event => setText(event.currentTarget.value)}
          data-autofocus
        />
        <FormError message={save.error?.message ?? null} />
        <div className={settings.buttons}>
          <Button variant="default" size="xs" onClick={onDone}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" size="xs" disabled={!valid} loading={save.isPending}>
            {t('action.apply')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
