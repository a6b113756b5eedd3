import { useMemo, useState } from 'react'
import type { EvidenceUnit } from '../../api/findings'
import type { TrialDetail } from '../../api/tuning'
import { SignalChart } from '../../charts/SignalChart'
import { useApp } from '../../components/app'
import { inLanguage } from '../../components/evidence'
import classes from '../../components/Page.module.css'
import { escapeMatcherValue } from '../../lib/labels'
import type { Unit } from '../../lib/units'
import own from './Tune.module.css'

/** Room around the trial in the charts. */
const AROUND = 60_000
/** A view that grows by whole steps is asked anew at each. */
const STEP = 5_000

const CHART_UNIT: Partial<Record<EvidenceUnit, Unit>> = {
  ratio: 'percent',
  seconds: 'seconds',
  bytes: 'bytes',
}

/** An expression over the trial; the stretches with the change are marked. */
export function TrialChart({
  detail: { trial, blocks },
  expression,
  unit,
  limit = null,
}: {
  detail: TrialDetail
  expression: string
  unit: EvidenceUnit
  /** Where a guard trips. */
  limit?: number | null
}) {
  const end = trial.endedAt ?? Math.floor(Date.now() / STEP) * STEP + STEP
  const { beganAt, endedAt } = trial
  const view = useMemo(
    () => ({ from: beganAt - AROUND, to: endedAt === null ? end : end + AROUND }),
    [beganAt, endedAt, end],
  )
  const ribbon = useMemo(() => blocks.filter(block => block.on), [blocks])
  const ofHost = expression.replaceAll('$host', () => escapeMatcherValue(trial.host))
  const scale = unit === 'ratio' ? 100 : 1
  return (
    <SignalChart
      signal={unit === 'ratio' ? `100 * (${ofHost})` : ofHost}
      unit={CHART_UNIT[unit] ?? 'count'}
      threshold={limit === null ? undefined : scale * limit}
      view={view}
      ribbon={ribbon}
      tone="plain"
    />
  )
}

/** What must not suffer, over the trial: drawn when somebody asks. */
export function GuardCharts({ detail }: { detail: TrialDetail }) {
  const { t, lang } = useApp()
  const [open, setOpen] = useState(false)
  const drawn = detail.guards.flatMap(guard =>
    guard.expression === null || guard.expression === undefined
      ? []
      : [{ ...guard, expression: guard.expression }],
  )
  if (drawn.length === 0) return null
  return (
    <section className={classes.card}>
      <details className={classes.pad} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary className={own.more}>{t('tuning.guards.charts')}</summary>
        {open && (
          <div className={classes.stack}>
            {drawn.map(guard => (
              <div key={guard.guard}>
                <h3 className={own.guard}>{inLanguage(guard.title, lang)}</h3>
                <TrialChart
                  detail={detail}
                  expression={guard.expression}
                  unit={guard.unit}
                  limit={guard.limit}
                />
              </div>
            ))}
          </div>
        )}
      </details>
    </section>
  )
}
