import { useRef } from 'react'
import type { TrialDetail } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { Status } from '../../components/Status'
import { effectText, intervalText, measuredText, reasonText } from '../../components/tuning/words'
import { useWidth } from '../../components/useWidth'
import { dateTimeText } from '../../lib/time'
import { RolloutToGroup } from './RolloutToGroup'
import own from './Tune.module.css'

/** What a trial found: the effect with its interval, before and after, and what became of the value. */
export function Report({ detail }: { detail: TrialDetail }) {
  const app = useApp()
  const { t, zone } = app
  const { trial, report, drift, reviews } = detail
  return (
    <>
      {trial.effect !== null && <EffectInterval detail={detail} />}
      {report !== null && report.pairs > 0 && (
        <dl className={own.compare}>
          <div>
            <dt>{t('tuning.before')}</dt>
            <dd>{measuredText(report.before, trial.unit)}</dd>
          </div>
          <div>
            <dt>{t('tuning.after')}</dt>
            <dd>{measuredText(report.after, trial.unit)}</dd>
          </div>
          <div>
            <dt>{t('tuning.pairs')}</dt>
            <dd>
              {report.voidPairs === 0
                ? report.pairs
                : t('tuning.pairs.void', { n: report.pairs, voided: report.voidPairs })}
            </dd>
          </div>
        </dl>
      )}
      <p>
        <Status
          level={trial.kept ? 'ok' : 'none'}
          word={
            trial.kept
              ? t('tuning.ended.kept', { value: trial.value })
              : trial.before === null
                ? t('tuning.says.notTried')
                : t('tuning.ended.back', { value: trial.before })
          }
        />
      </p>
      {trial.reason !== '' && <p className={classes.hint}>{reasonText(trial.reasons, trial.reason, app)}</p>}
      {trial.kept && trial.verdict === 'helped' && drift === null && <RolloutToGroup id={trial.id} />}
      {drift !== null && (
        <p>
          <Status
            level="warn"
            word={t('tuning.drift', { found: drift.found, time: dateTimeText(drift.at, zone) })}
          />
        </p>
      )}
      {reviews.map(review => (
        <p key={review.at} className={classes.hint}>
          {dateTimeText(review.at, zone)} · {t(`tuning.review.${review.kind}`)}:{' '}
          {t(`tuning.review.${review.verdict}`)}
          {review.effect !== null && ` (${effectText(review.effect)})`}
        </p>
      ))}
    </>
  )
}

const HEIGHT = 56
const MIDDLE = 20
const EDGE = 36

/** The effect on a line of shares: worse at the left of zero, better at the right; an open end has an arrow. */
function EffectInterval({ detail: { trial, plan } }: { detail: TrialDetail }) {
  const { t } = useApp()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const effect = trial.effect ?? 0
  const reach =
    1.2 *
    Math.max(0.1, ...[effect, trial.low, trial.high, plan.leastEffect].map(share => Math.abs(share ?? 0)))
  const x = (share: number) => width / 2 + (share / reach) * Math.max(0, width / 2 - EDGE)
  const from = trial.low === null ? 4 : x(trial.low)
  const to = trial.high === null ? width - 4 : x(trial.high)
  const interval = intervalText(trial, t)
  return (
    <div ref={box}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={t('tuning.effect.sentence', { effect: effectText(effect), interval: interval ?? '–' })}
        className={own.effect}
        data-verdict={trial.verdict}
      >
        <path className={own.axis} d={`M4 ${MIDDLE}H${width - 4}M${x(0)} 4V${2 * MIDDLE - 4}`} />
        <path className={own.least} d={`M${x(plan.leastEffect)} 4V${2 * MIDDLE - 4}`} />
        <path className={own.interval} d={`M${from} ${MIDDLE}H${to}`} />
        {trial.low === null && (
          <path className={own.arrow} d={`M10 ${MIDDLE - 5}L4 ${MIDDLE}L10 ${MIDDLE + 5}`} />
        )}
        {trial.high === null && (
          <path
            className={own.arrow}
            d={`M${width - 10} ${MIDDLE - 5}L${width - 4} ${MIDDLE}L${width - 10} ${MIDDLE + 5}`}
          />
        )}
        <circle className={own.estimate} cx={x(effect)} cy={MIDDLE} r="5" />
        <text x={x(0)} y={HEIGHT - 4} textAnchor="middle">
          0
        </text>
        <text x="4" y={HEIGHT - 4}>
          {t('tuning.worse')}
        </text>
        <text x={width - 4} y={HEIGHT - 4} textAnchor="end">
          {t('tuning.better')}
        </text>
      </svg>
      <p className={classes.number}>
        {effectText(effect)}
        {interval !== undefined && <span className={classes.subject}> · {interval}</span>}
      </p>
    </div>
  )
}
