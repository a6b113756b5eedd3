import { useQuery } from '@tanstack/react-query'
import { type Target, type Targets as TargetList, targetsQuery } from '../../api/targets'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import { Notice } from '../../components/States'
import { type Level, Status } from '../../components/Status'
import { MutedCell, Table, TextCell } from '../../components/Table'
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
  return (
    <Loaded query={useQuery(targetsQuery)} height={240}>
      {targets => <Jobs targets={targets} />}
    </Loaded>
  )
}

function Jobs({ targets: { activeTargets, droppedTargetCounts } }: { targets: TargetList }) {
  const { t } = useApp()
  const jobs = [...new Set(activeTargets.map(target => target.scrapePool))]
  const dropped = Object.values(droppedTargetCounts).reduce((sum, count) => sum + count, 0)
  return (
    <>
      <p className={classes.lead}>{t('targets.lead')}</p>
      {jobs.length === 0 && (
        <div className={classes.card}>
          <Notice compact title={t('targets.empty')} />
        </div>
      )}
      {jobs.map(job => (
        <Job key={job} job={job} targets={activeTargets.filter(target => target.scrapePool === job)} />
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
      <Table
        label={job}
        columns={[
          t('targets.target'),
          t('targets.state'),
          t('targets.last'),
          t('targets.took'),
          t('targets.interval'),
          t('targets.error'),
        ]}
      >
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
                <MutedCell>{dateTimeText(Date.parse(target.lastScrape), zone)}</MutedCell>
                <MutedCell>{formatText(target.lastScrapeDuration, 'seconds')}</MutedCell>
              </>
            )}
            <MutedCell>{target.scrapeInterval}</MutedCell>
            <TextCell>{target.lastError}</TextCell>
          </tr>
        ))}
      </Table>
    </section>
  )
}
