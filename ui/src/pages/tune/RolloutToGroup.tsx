import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Rollout, rolloutQuery, startRollout, stopRollout } from '../../api/tuning'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import classes from '../../components/Page.module.css'
import { type Level, Status } from '../../components/Status'
import { reasonText } from '../../components/tuning/words'
import own from './Tune.module.css'

const LEVELS: Readonly<Record<Rollout['hosts'][number]['standing'], Level>> = {
  waiting: 'none',
  trying: 'none',
  helped: 'ok',
  not_helped: 'warn',
  left_out: 'none',
}

/** Brings a change that helped on this server to the others of its group, and tells how far it is. */
export function RolloutToGroup({ id }: { id: string }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const { data: rollout } = useQuery(rolloutQuery(id))
  const onSettled = () => queries.invalidateQueries({ queryKey: ['tuning'] })
  const start = useMutation({ mutationFn: () => startRollout(id), onSettled })
  const stop = useMutation({ mutationFn: () => stopRollout(id), onSettled })
  const runs = rollout?.state === 'running'
  if (rollout === undefined || (rollout === null && !may('admin'))) return null
  return (
    <section className={classes.stack} aria-label={t('tuning.rollout')}>
      <h3>{t('tuning.rollout')}</h3>
      <p className={classes.hint}>{t('tuning.rollout.hint')}</p>
      {rollout !== null && <Progress rollout={rollout} />}
      {may('admin') && (
        <div>
          {runs ? (
            <Button size="xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t('tuning.rollout.stop')}
            </Button>
          ) : (
            <Button size="xs" variant="default" loading={start.isPending} onClick={() => start.mutate()}>
              {t(rollout === null ? 'tuning.rollout.start' : 'tuning.rollout.again')}
            </Button>
          )}
        </div>
      )}
      <FormError message={start.error?.message ?? stop.error?.message ?? null} />
    </section>
  )
}

function Progress({ rollout }: { rollout: Rollout }) {
  const app = useApp()
  const { t } = app
  return (
    <>
      <p>
        {t(`tuning.rollout.${rollout.state}`)}
        {rollout.reason === '' ? '' : ` · ${reasonText(rollout.reasons, rollout.reason, app)}`} ·{' '}
        {rollout.by === '' ? t('tuning.rollout.itself') : t('tuning.rollout.by', { by: rollout.by })}
      </p>
      <ol className={own.rollout}>
        {rollout.hosts.map(({ host, standing, trial, detail, reasons }) => (
          <li key={host}>
            <Status level={LEVELS[standing]} word={`${host}: ${t(`tuning.rollout.on.${standing}`)}`} />
            {trial !== '' && (
              <Link to="/tuning/changes/$id" params={{ id: trial }} search={true as never}>
                {t('tuning.rollout.trial')}
              </Link>
            )}
            {detail !== '' && <span className={classes.hint}>{reasonText(reasons, detail, app)}</span>}
          </li>
        ))}
      </ol>
    </>
  )
}
