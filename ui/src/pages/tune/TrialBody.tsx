import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { abortTrial, type TrialDetail, type TrialGuard } from '../../api/tuning'
import { BarList } from '../../charts/Bars'
import { useApp } from '../../components/app'
import { inLanguage } from '../../components/evidence'
import { Fact } from '../../components/Fact'
import { FormError } from '../../components/FormError'
import classes from '../../components/Page.module.css'
import { Status } from '../../components/Status'
import { KnobDiff } from '../../components/tuning/KnobDiff'
import { RevertTimer } from '../../components/tuning/RevertTimer'
import { knobText, measuredText, shareText, trialState, verdictText } from '../../components/tuning/words'
import { dateTimeText } from '../../lib/time'
import { BackendSteps } from './BackendSteps'
import { BlockStrip } from './BlockStrip'
import { Flames } from './Flames'
import { Report } from './Report'
import { GuardCharts, TrialChart } from './TrialCharts'

/** A trial: what it does now, or what it found. */
export function TrialBody({ detail, toldAt }: { detail: TrialDetail; toldAt: number }) {
  const app = useApp()
  const { t, lang, zone } = app
  const { trial, measure, plan, noise, live, sought } = detail
  const [level, word] = trialState(trial)
  return (
    <>
      <div className={classes.head}>
        <h1>
          {knobText(trial)} <span className={classes.subject}>{trial.host}</span>
        </h1>
        <Status level={level} word={t(word)} />
      </div>
      <div className={classes.columns}>
        <div>
          <section className={classes.card}>
            <h2>{t(trial.phase === 'ended' ? 'tuning.report' : 'tuning.progress')}</h2>
            <div className={`${classes.pad} ${classes.stack}`}>
              <p>
                <strong>{verdictText(detail, app)}</strong>
              </p>
              {trial.phase === 'ended' ? <Report detail={detail} /> : <Progress detail={detail} />}
            </div>
          </section>
          <section className={classes.card}>
            <h2>{t('tuning.blocks')}</h2>
            <div className={classes.pad}>
              <BlockStrip detail={detail} />
            </div>
          </section>
          <section className={classes.card}>
            <h2>{inLanguage(measure.title, lang)}</h2>
            <div className={classes.pad}>
              <TrialChart detail={detail} expression={measure.expression} unit={measure.unit} />
            </div>
          </section>
          <BackendSteps steps={detail.steps} />
          <GuardCharts detail={detail} />
          <Flames trial={trial} blocks={detail.blocks} />
        </div>
        <div>
          {trial.phase !== 'ended' && (
            <section className={classes.card}>
              <h2>{t('tuning.safety')}</h2>
              <div className={`${classes.pad} ${classes.stack}`}>
                {live?.on === true ? (
                  <RevertTimer seconds={live.secondsToRevert} toldAt={toldAt} />
                ) : (
                  <p>{t('tuning.oldValueHolds')}</p>
                )}
                <p className={classes.hint}>{t('tuning.safety.hint')}</p>
                <Abort id={trial.id} />
              </div>
            </section>
          )}
          <section className={classes.card}>
            <h2>{t('tuning.change')}</h2>
            <div className={`${classes.pad} ${classes.stack}`}>
              <KnobDiff
                action={trial.action}
                target={trial.target}
                before={trial.before ?? ''}
                after={trial.value}
              />
            </div>
            <dl className={classes.facts}>
              <Fact name={t('tuning.measure')}>
                {inLanguage(measure.title, lang)} ·{' '}
                {t(measure.lowerIsBetter ? 'tuning.lowerIsBetter' : 'tuning.higherIsBetter')}
              </Fact>
              <Fact name={t('tuning.sought')}>{shareText(sought)}</Fact>
              <Fact name={t('tuning.noise')}>
                {noise === null
                  ? '…'
                  : noise.smallestEffect === null
                    ? t('tuning.noise.all')
                    : t('tuning.noise.shows', { smallest: shareText(noise.smallestEffect) })}
              </Fact>
              <Fact name={t('tuning.block')}>
                {t('tuning.plan', { block: plan.blockSeconds, washout: plan.washoutSeconds })}
              </Fact>
              <Fact name={t('diagnose.began')}>{dateTimeText(trial.beganAt, zone)}</Fact>
              {trial.finding !== null && (
                <Fact name={t('diagnose.evidence')}>
                  <Link to="/diagnose/findings/$id" params={{ id: trial.finding }} search={true as never}>
                    {t('tuning.finding')}
                  </Link>
                </Fact>
              )}
            </dl>
          </section>
          <Guards guards={detail.guards} />
        </div>
      </div>
    </>
  )
}

function Progress({ detail: { live, plan, trial } }: { detail: TrialDetail }) {
  const { t, duration } = useApp()
  if (live === null) return <p className={classes.hint}>{t('tuning.progress.elsewhere')}</p>
  return (
    <>
      <p className={classes.number}>
        {t(live.noise ? 'tuning.progress.noise' : live.on ? 'tuning.progress.on' : 'tuning.progress.off', {
          block: live.block,
          of: live.noise ? plan.noiseBlocks : 2 * plan.mostPairs,
          second: live.second,
          seconds: live.seconds,
        })}
        {' · '}
        {measuredText(live.measure, trial.unit)}
      </p>
      <p className={classes.hint}>
        {t('tuning.progress.left', {
          least: duration(1000 * live.leastSecondsLeft),
          most: duration(1000 * live.mostSecondsLeft),
        })}
      </p>
    </>
  )
}

function Abort({ id }: { id: string }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const abort = useMutation({
    mutationFn: () => abortTrial(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['tuning'] }),
  })
  if (!may('admin')) return null
  return (
    <div>
      <Button size="xs" variant="default" loading={abort.isPending} onClick={() => abort.mutate()}>
        {t('tuning.abort')}
      </Button>
      <FormError message={abort.error?.message ?? null} />
    </div>
  )
}

/** What must not suffer, each against the limit at which the old value comes back. */
function Guards({ guards }: { guards: readonly TrialGuard[] }) {
  const { t, lang } = useApp()
  if (guards.length === 0) return null
  return (
    <section className={classes.card}>
      <h2>{t('tuning.guards')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <BarList
          label={t('tuning.guards')}
          threshold={WIRE}
          bars={guards.map(({ guard, title, unit, now, limit, tripped }) => ({
            key: guard,
            name: inLanguage(title, lang),
            value: now ?? 0,
            text: t('tuning.guard.of', {
              now: measuredText(now, unit),
              limit: measuredText(limit, unit),
            }),
            share:
              now === null || limit === null ? 0 : limit === 0 ? (now > 0 ? 1 : 0) : (WIRE * now) / limit,
            over: tripped,
          }))}
        />
        <p className={classes.hint}>{t('tuning.guards.hint')}</p>
      </div>
    </section>
  )
}

/** Where on its bar the limit of a guard stands. */
const WIRE = 0.8
