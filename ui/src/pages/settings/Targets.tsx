import { useQuery } from '@tanstack/react-query'
import { type Target, targetsQuery } from '../../api/targets'
import { useApp } from '../../components/app'
import { Failure, Notice, Skeleton } from '../../components/States'
import { type Level, Status } from '../../components/Status'
import type { PlainKey } from '../../lib/i18n'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import classes from './Settings.module.css'

const HEALTH: Record<Target['health'], readonly [Level, PlainKey]> = {
  up: ['ok', 'targets.up'],
  down: ['crit', 'targets.down'],
  unknown: ['none', 'targets.unknown'],
}

/** What the hub scrapes, by job: how each target's last scrape went. */
export function Targets() {
  const { t } = useApp()
  const { data, error, refetch } = useQuery(targetsQuery)
  if (data === undefined)
    return error === null ? (
      <Skeleton height={240} />
    ) : (
      <Failure error={error} retry={() => void refetch()} needed="viewer" />
    )
  const jobs = [...new Set(data.activeTargets.map(target => target.scrapePool))]
  const dropped = Object.values(data.droppedTargetCounts).reduce((sum, count) => sum + count, 0)
  return (
    <>
      <p className={classes.lead}>{t('targets.lead')}</p>
      {jobs.length === 0 && (
        <div className={classes.card}>
          <Notice compact title={t('targets.empty')} />
        </div>
      )}
      {jobs.map(job => (
        <Job key={job} job={job} targets={data.activeTargets.filter(target => target.scrapePool === job)} />
      ))}
      {dropped > 0 && <p className={classes.hint}>{t('targets.dropped', { n: dropped })}</p>}
    </>
  )
}

function Job({ job, targets }: { job: string; targets: readonly Target[] }) {
  const { t, zone } = useApp()
  return (
    <section className={classes.card}>
      <h2>{job}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard. */}
      <section className={classes.scroll} tabIndex={0} aria-label={job}>
        <table className={`${classes.table} ${classes.plain}`}>
          <thead>
            <tr>
              <th scope="col">{t('targets.target')}</th>
              <th scope="col">{t('targets.state')}</th>
              <th scope="col">{t('targets.last')}</th>
              <th scope="col">{t('targets.took')}</th>
              <th scope="col">{t('targets.interval')}</th>
              <th scope="col">{t('targets.error')}</th>
            </tr>
          </thead>
          <tbody>
            {targets.map(target => (
              <tr key={`${target.scrapeUrl} ${JSON.stringify(target.labels)}`}>
                <td title={target.scrapeUrl}>{target.labels.instance ?? target.scrapeUrl}</td>
                <td>
                  <Status level={HEALTH[target.health][0]} word={t(HEALTH[target.health][1])} />
                </td>
                {target.health === 'unknown' ? (
                  <td colSpan={2} className={classes.muted}>
                    {t('targets.never')}
                  </td>
                ) : (
                  <>
                    <td className={classes.muted}>{dateTimeText(Date.parse(target.lastScrape), zone)}</td>
                    <td className={classes.muted}>{formatText(target.lastScrapeDuration, 'seconds')}</td>
                  </>
                )}
                <td className={classes.muted}>{target.scrapeInterval}</td>
                <td className={classes.reason}>{target.lastError}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}
