import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Trial, trialsQuery } from '../../api/tuning'
import { useApp } from '../../components/app'
import { inLanguage } from '../../components/evidence'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { effectText, intervalText, knobText, trialState } from '../../components/tuning/words'
import { dateTimeText } from '../../lib/time'

/** The trials of a server with their verdicts, those that run first. */
export function TrialList({ host }: { host: string | undefined }) {
  const { t } = useApp()
  return (
    <section className={classes.card}>
      <h2>{t('tuning.trials')}</h2>
      <Loaded query={useQuery(trialsQuery(host))} height={160} missing={t('tuning.trials.none')}>
        {trials =>
          trials.length === 0 ? (
            <Notice compact title={t('tuning.trials.none')}>
              {t('tuning.trials.none.body')}
            </Notice>
          ) : (
            <ul>
              {trials.map(trial => (
                <Line key={trial.id} trial={trial} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}

function Line({ trial }: { trial: Trial }) {
  const { t, lang, zone } = useApp()
  const [level, word] = trialState(trial)
  const interval = intervalText(trial, t)
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Link to="/tuning/changes/$id" params={{ id: trial.id }} search={true as never}>
          {knobText(trial)}
        </Link>{' '}
        <span className={classes.subject}>
          {trial.host} · {inLanguage(trial.title, lang)}
        </span>
        <p className={classes.code}>
          {trial.before === null ? trial.value : `${trial.before} → ${trial.value}`}
        </p>
        <p className={classes.hint}>
          {trial.effect !== null &&
            `${effectText(trial.effect)}${interval === undefined ? '' : ` (${interval})`} · `}
          {trial.verdict !== null &&
            trial.before !== null &&
            `${t(trial.kept ? 'tuning.kept' : 'tuning.putBack')} · `}
          {dateTimeText(trial.beganAt, zone)}
          {trial.by !== '' && ` · ${trial.by}`}
        </p>
      </div>
      <Status level={level} word={t(word)} />
    </li>
  )
}
