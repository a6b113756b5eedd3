import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { resumeTuning, stopTuning, type TuningState } from '../../api/tuning'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import classes from '../../components/Page.module.css'
import { Status } from '../../components/Status'

/** The one switch that puts everything back at once. */
export function StopCard({ state: { host, stopped } }: { state: TuningState }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const turn = useMutation({
    mutationFn: () => (stopped ? resumeTuning(host) : stopTuning(host)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tuning'] }),
  })
  return (
    <section className={classes.card}>
      <h2>{t('tuning.stop.title')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <div>
          <Status
            level={stopped ? 'maintenance' : 'ok'}
            word={t(stopped ? 'tuning.stopped' : 'tuning.running')}
          />
        </div>
        <p className={classes.hint}>{t('tuning.stop.hint')}</p>
        {may('admin') && (
          <div>
            <Button
              size="xs"
              variant={stopped ? 'filled' : 'default'}
              loading={turn.isPending}
              onClick={() => turn.mutate()}
            >
              {t(stopped ? 'tuning.resume' : 'tuning.stop')}
            </Button>
          </div>
        )}
        <FormError message={turn.error?.message ?? null} />
      </div>
    </section>
  )
}
