import { Button, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PERIODS_SECONDS } from '../../api/admin'
import type { FleetHost } from '../../api/fleet'
import {
  type CollectionScope,
  collectionQuery,
  collectorsQuery,
  type HostCollection,
  type OwnCollection,
  writeGroupCollection,
  writeHostCollection,
} from '../../api/hosts'
import { useApp } from '../../components/app'
import { Choices } from '../../components/Check'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import classes from './Fleet.module.css'

/** How often a server or its group is measured and which collectors run; what is not set comes from further out. */
export function CollectionForm({ one, onDone }: { one: FleetHost; onDone: () => void }) {
  const { t } = useApp()
  const collection = useQuery(collectionQuery(one.host.id))
  const collectors = useQuery(collectorsQuery(one.host.id))
  const [scope, setScope] = useState<CollectionScope>('host')
  return (
    <details className={classes.form}>
      <summary>{t('fleet.collection')}</summary>
      <Loaded query={collection} height={160}>
        {held => (
          <Loaded query={collectors} height={160}>
            {known => (
              <>
                <Select
                  label={t('fleet.maintenance.of')}
                  allowDeselect={false}
                  data={[
                    { value: 'host', label: one.host.name },
                    ...(held.group === null
                      ? []
                      : [
                          {
                            value: 'group',
                            label: t('fleet.maintenance.group', { group: held.groupName }),
                          },
                        ]),
                  ]}
                  value={scope}
                  onChange={value => setScope(value === 'group' ? 'group' : 'host')}
                />
                <Fields
                  key={scope}
                  id={one.host.id}
                  scope={scope}
                  held={held}
                  names={known.map(({ name }) => name)}
                  onDone={onDone}
                />
              </>
            )}
          </Loaded>
        )}
      </Loaded>
    </details>
  )
}

function Fields({
  id,
  scope,
  held,
  names,
  onDone,
}: {
  id: string
  scope: CollectionScope
  held: HostCollection
  names: readonly string[]
  onDone: () => void
}) {
  const { t, duration } = useApp()
  const queries = useQueryClient()
  const own = (scope === 'group' ? held.group : null) ?? held.host
  const [period, setPeriod] = useState(own.periodSeconds)
  const [off, setOff] = useState(own.switchedOff)
  const all = [...new Set([...names, ...(off ?? []), ...held.switchedOff])].sort()
  const save = useMutation({
    mutationFn: async (next: OwnCollection): Promise<unknown> =>
      scope === 'group' ? writeGroupCollection(held.groupName, next) : writeHostCollection(id, next),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['hosts', id] })
      onDone()
    },
  })
  return (
    <>
      <Select
        label={t('settings.period')}
        allowDeselect={false}
        data={[
          { value: '', label: t('fleet.collection.inherit') },
          ...PERIODS_SECONDS.map(seconds => ({ value: `${seconds}`, label: duration(seconds * 1000) })),
        ]}
        value={period === null ? '' : `${period}`}
        onChange={value => setPeriod(value === null || value === '' ? null : Number(value))}
      />
      <Select
        label={t('fleet.collection.collectors')}
        allowDeselect={false}
        data={[
          { value: 'inherit', label: t('fleet.collection.inherit') },
          { value: 'own', label: t('fleet.collection.own') },
        ]}
        value={off === null ? 'inherit' : 'own'}
        onChange={value => setOff(value === 'own' ? held.switchedOff : null)}
      />
      {off !== null && (
        <Choices
          legend={t('fleet.collection.on')}
          value={all.filter(name => !off.includes(name))}
          options={all.map(name => ({ value: name, label: name }))}
          onChange={on => setOff(all.filter(name => !on.includes(name)))}
        />
      )}
      <p className={classes.hint}>{t('fleet.collection.hint')}</p>
      {save.error !== null && <FormError message={save.error.message} />}
      <div className={classes.buttons}>
        <Button
          size="xs"
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate({ periodSeconds: period, switchedOff: off })}
        >
          {t('action.save')}
        </Button>
      </div>
    </>
  )
}
