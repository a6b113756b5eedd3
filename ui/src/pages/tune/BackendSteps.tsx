import type { TrialStep } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { type Level, Status } from '../../components/Status'
import { clockText } from '../../lib/time'
import own from './Tune.module.css'

const LEVELS: Readonly<Record<TrialStep['kind'], Level>> = {
  draining: 'none',
  empty: 'none',
  not_empty: 'warn',
  turned_on: 'none',
  turned_off: 'none',
  refilled: 'ok',
  not_refilled: 'crit',
}

/** How the server was taken out of its pools for each turn of the knob, and given back; the newest first. */
export function BackendSteps({ steps }: { steps: readonly TrialStep[] }) {
  const { t, lang, zone } = useApp()
  if (steps.length === 0) return null
  return (
    <section className={classes.card}>
      <h2>{t('tuning.steps')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <p className={classes.hint}>{t('tuning.steps.hint')}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
        <ol className={own.steps} tabIndex={0} aria-label={t('tuning.steps')}>
          {steps.toReversed().map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only added, and two may be of one moment
            <li key={steps.length - at}>
              <time className={classes.number} dateTime={new Date(step.at).toISOString()}>
                {clockText(step.at, zone)}
              </time>
              <Status
                level={LEVELS[step.kind]}
                word={`${step.pool}/${step.backend}: ${t(`tuning.step.${step.kind}`, { detail: step.words[lang] })}`}
              />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
