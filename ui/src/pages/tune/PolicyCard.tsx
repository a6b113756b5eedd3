import type { TuningState } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { PolicyHelp } from '../../components/tuning/PolicyHelp'

/** What the server's own policy allows, in words, and how its administrator changes it. */
export function PolicyCard({ state }: { state: TuningState }) {
  const { t } = useApp()
  return (
    <section className={classes.card}>
      <h2>{t('tuning.policy')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <p>
          <strong>{t(`tuning.mode.${state.mode}`)}</strong>
        </p>
        <p>{t(`tuning.mode.${state.mode}.means`)}</p>
        {state.reason !== '' && <p className={classes.hint}>{state.reason}</p>}
        {!state.available && <p role="alert">{state.problem}</p>}
        <PolicyHelp host={state.host} />
      </div>
    </section>
  )
}
