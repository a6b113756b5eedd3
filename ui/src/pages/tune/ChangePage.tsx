import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ApiError } from '../../api/client'
import { trialQuery, tuningQuery } from '../../api/tuning'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { KnobDiff } from '../../components/tuning/KnobDiff'
import { knobText } from '../../components/tuning/words'
import { ChangeState } from './ActiveChanges'
import { ChangeButtons } from './ChangeButtons'
import { TrialBody } from './TrialBody'
import { TuningShell } from './TuningShell'

const route = getRouteApi('/inside/tuning/changes/$id')

/** One change: a trial while it runs and its report, or a knob that somebody turned for a while. */
export default function ChangePage() {
  const { id } = route.useParams()
  const query = useQuery(trialQuery(id))
  const { error } = query
  // What was turned by hand is no trial.
  const byHand = query.data === undefined && error instanceof ApiError && error.code === 'not_found'
  const trial = query.data?.trial
  return (
    <TuningShell current="/tuning" crumb={{ text: trial === undefined ? id : knobText(trial) }}>
      {byHand ? (
        <ByHand id={id} />
      ) : (
        <Loaded query={query} height={480}>
          {detail => <TrialBody detail={detail} toldAt={query.dataUpdatedAt} />}
        </Loaded>
      )}
    </TuningShell>
  )
}

function ByHand({ id }: { id: string }) {
  const { t } = useApp()
  const { host } = route.useSearch()
  const query = useQuery(tuningQuery(host))
  return (
    <Loaded query={query} height={240}>
      {state => {
        const change = state.changes.find(one => one.id === id)
        if (change === undefined) {
          return <Notice title={t('tuning.change.over')}>{t('tuning.change.over.body')}</Notice>
        }
        return (
          <>
            <div className={classes.head}>
              <h1>
                {knobText(change)} <span className={classes.subject}>{state.host}</span>
              </h1>
              <ChangeButtons change={change} host={state.host} />
            </div>
            <section className={classes.card}>
              <div className={`${classes.pad} ${classes.stack}`}>
                <KnobDiff
                  action={change.action}
                  target={change.target}
                  before={change.before}
                  after={change.value}
                />
                <ChangeState change={change} toldAt={query.dataUpdatedAt} />
              </div>
            </section>
          </>
        )
      }}
    </Loaded>
  )
}
