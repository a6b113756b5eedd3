import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { profilesQuery } from '../../api/profiles'
import type { Trial, TrialBlock } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { dateTimeText } from '../../lib/time'
import { comparisons, took } from './comparisons'

/**
 * Profiles of the trial's server, taken with the change and without it: each pair of one process and
 * kind is a differential flame graph away.
 */
export function Flames({ trial, blocks }: { trial: Trial; blocks: readonly TrialBlock[] }) {
  const { t, zone } = useApp()
  const { data = [] } = useQuery(profilesQuery())
  const pairs = comparisons(
    data.filter(one => one.host === trial.host && one.state === 'done'),
    trial,
    blocks,
  )
  return (
    <section className={classes.card}>
      <h2>{t('tuning.flames')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        {pairs.length === 0 && <p className={classes.hint}>{t('tuning.flames.none')}</p>}
        {pairs.map(({ without, with: on }) => (
          <p key={on.id}>
            <Link to="/profiles/$id" params={{ id: on.id }} search={{ diff: without.id } as never}>
              {on.comm} · {t(`profile.kind.${on.kind}`)}
            </Link>{' '}
            <span className={classes.subject}>
              {t('tuning.flames.pair', {
                without: dateTimeText(took(without), zone),
                with: dateTimeText(took(on), zone),
              })}
            </span>
          </p>
        ))}
      </div>
    </section>
  )
}
