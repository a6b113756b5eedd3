import { SegmentedControl } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { collectionQuery, PERIODS_SECONDS, writeCollection } from '../../api/admin'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import { Forbidden } from '../../components/States'
import classes from './Settings.module.css'

export function Collection() {
  const { t, may, duration } = useApp()
  const queries = useQueryClient()
  const query = useQuery(collectionQuery)
  const save = useMutation({
    mutationFn: writeCollection,
    onSuccess: () => queries.invalidateQueries({ queryKey: collectionQuery.queryKey }),
  })
  const admin = may('admin')
  return (
    <Loaded query={query} height={96}>
      {({ periodSeconds }) => (
        <>
          <p className={classes.lead}>{t('settings.period.hint')}</p>
          <div className={classes.card}>
            <div className={classes.row}>
              <div>{t('settings.period')}</div>
              <SegmentedControl
                size="xs"
                disabled={!admin}
                aria-label={t('settings.period')}
                value={`${save.variables ?? periodSeconds}`}
                onChange={value => save.mutate(Number(value))}
                data={PERIODS_SECONDS.map(seconds => ({
                  value: `${seconds}`,
                  label: duration(seconds * 1000),
                }))}
              />
            </div>
            {save.isSuccess && (
              <p className={classes.saved} role="status">
                {t('settings.period.saved')}
              </p>
            )}
            {save.error !== null && <FormError message={save.error.message} />}
          </div>
          {!admin && <Forbidden needed="admin" />}
        </>
      )}
    </Loaded>
  )
}
