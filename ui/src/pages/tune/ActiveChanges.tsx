import { Link } from '@tanstack/react-router'
import type { TuningChange, TuningState } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { RevertTimer } from '../../components/tuning/RevertTimer'
import { knobText } from '../../components/tuning/words'
import { ChangeButtons } from './ChangeButtons'

/** What is turned on a server now: leased changes with their timers, and those that stay. */
export function ActiveChanges({ state: { host, changes }, toldAt }: { state: TuningState; toldAt: number }) {
  const { t } = useApp()
  return (
    <section className={classes.card}>
      <h2>{t('tuning.active')}</h2>
      {changes.length === 0 ? (
        <Notice compact title={t('tuning.active.none')}>
          {t('tuning.active.none.body')}
        </Notice>
      ) : (
        <ul>
          {changes.map(change => (
            <li key={change.id} className={classes.row}>
              <div className={classes.what}>
                <Link
                  to="/tuning/changes/$id"
                  params={{ id: change.id }}
                  search={((old: object) => ({ ...old, host })) as never}
                >
                  {knobText(change)}
                </Link>
                <p className={classes.code}>
                  {change.before} → {change.value}
                </p>
                <ChangeState change={change} toldAt={toldAt} />
              </div>
              <ChangeButtons change={change} host={host} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Whether a change stays, how long it lasts, and whether somebody wrote over it. */
export function ChangeState({ change, toldAt }: { change: TuningChange; toldAt: number }) {
  const { t } = useApp()
  return (
    <div className={classes.hint}>
      {change.kept ? (
        <Status level="ok" word={t('tuning.kept')} />
      ) : (
        <RevertTimer seconds={change.secondsLeft} toldAt={toldAt} />
      )}
      {change.drifted && (
        <p>
          <Status level="warn" word={t('tuning.drifted', { now: change.now })} />
        </p>
      )}
    </div>
  )
}
