import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { spreadTrial } from '../../api/tuning'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import classes from '../../components/Page.module.css'
import { Status } from '../../components/Status'

/** Brings a change that helped on this server to the others of its group, and tells what came of it on each. */
export function SpreadToGroup({ id }: { id: string }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const spread = useMutation({
    mutationFn: () => spreadTrial(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['tuning'] }),
  })
  if (!may('admin')) return null
  return (
    <div className={classes.stack}>
      <p className={classes.hint}>{t('tuning.spread.hint')}</p>
      <div>
        <Button size="xs" variant="default" loading={spread.isPending} onClick={() => spread.mutate()}>
          {t('tuning.spread')}
        </Button>
      </div>
      <FormError message={spread.error?.message ?? null} />
      {spread.data?.map(one => (
        <p key={one.host}>
          <Status level={one.changed ? 'ok' : 'none'} word={`${one.host}: ${one.detail}`} />
        </p>
      ))}
    </div>
  )
}
