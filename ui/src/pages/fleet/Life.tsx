import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { forget, rename, retire } from '../../api/enrolment'
import type { FleetHost } from '../../api/fleet'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { FormError } from '../../components/FormError'
import classes from './Fleet.module.css'

/** The name of a server and the end of its watch. Only what enrolled can be renamed or retired. */
export function Life({ one: { host, enrolled }, onDone }: { one: FleetHost; onDone: () => void }) {
  const { t } = useApp()
  const [name, setName] = useState(host.name)
  const [ending, setEnding] = useState<'retire' | 'delete' | null>(null)
  const renaming = useMutation({ mutationFn: () => rename(host.id, name.trim()), onSuccess: onDone })
  const end = useMutation({
    mutationFn: (how: 'retire' | 'delete') => (how === 'retire' ? retire(host.id) : forget(host.id)),
    onSuccess: onDone,
  })
  const failure = renaming.error ?? end.error
  return (
    <form
      className={classes.form}
      onSubmit={event => {
        event.preventDefault()
        renaming.mutate()
      }}
    >
      <h3>{t('fleet.life')}</h3>
      {enrolled ? (
        <TextInput
          label={t('fleet.rename')}
          description={t('fleet.rename.hint')}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
      ) : (
        <p className={classes.hint}>{t('fleet.foreign.hint')}</p>
      )}
      {failure !== null && <FormError message={failure.message} />}
      <div className={classes.buttons}>
        <Button.Group>
          {enrolled && (
            <>
              <Button
                type="submit"
                size="xs"
                variant="default"
                loading={renaming.isPending}
                disabled={name.trim() === host.name || name.trim() === ''}
              >
                {t('fleet.rename.button')}
              </Button>
              <Button size="xs" variant="default" onClick={() => setEnding('retire')}>
                {t('servers.retire')}
              </Button>
            </>
          )}
          <Button size="xs" variant="default" onClick={() => setEnding('delete')}>
            {t('action.delete')}
          </Button>
        </Button.Group>
      </div>
      {ending !== null && (
        <Confirm
          title={t(`servers.${ending}.title`, { name: host.name })}
          body={t(`servers.${ending}.body`)}
          action={ending === 'retire' ? t('servers.retire') : t('action.delete')}
          onClose={() => setEnding(null)}
          onConfirm={() => {
            end.mutate(ending)
            setEnding(null)
          }}
        />
      )}
    </form>
  )
}
