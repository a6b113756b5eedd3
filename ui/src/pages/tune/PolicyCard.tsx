import type { TuningState } from '../../api/tuning'
import { useApp } from '../../components/app'
import { inLanguage } from '../../components/evidence'
import classes from '../../components/Page.module.css'
import { PolicyHelp } from '../../components/tuning/PolicyHelp'

/** What the server's own policy allows, in words, and how its administrator changes it. */
export function PolicyCard({ state }: { state: TuningState }) {
  const { t, lang } = useApp()
  return (
    <section className={classes.card}>
      <h2>{t('tuning.policy')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <p>
          <strong>{t(`tuning.mode.${state.mode}`)}</strong>
        </p>
        <p>{t(`tuning.mode.${state.mode}.means`)}</p>
        {state.reason !== '' && <p className={classes.hint}>{inLanguage(state.reasonText, lang)}</p>}
        {!state.available && <p role="alert">{inLanguage(state.problemText, lang)}</p>}
        <PolicyHelp host={state.host} />
      </div>
    </section>
  )
}
