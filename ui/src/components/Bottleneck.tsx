import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { findingsQuery, verdictQuery } from '../api/findings'
import type { Host } from '../api/hosts'
import { useApp } from './app'
import classes from './Bottleneck.module.css'
import { culpritText, evidenceText, findingLevel, inLanguage } from './evidence'
import { Status } from './Status'

const HEADROOM = ['cpu_saturation', 'memory_reclaim', 'disk_latency']

/** One line: what holds this server up now, or how far it is from that. */
export function Bottleneck({ host }: { host: Host }) {
  const { t, lang } = useApp()
  const { data: verdict, error } = useQuery(verdictQuery(host.id))
  const { data: kept } = useQuery(findingsQuery({ host: host.name }))
  const worst = verdict?.findings[0]
  const stored = kept?.find(
    one =>
      one.endedAt === null && one.finding.cause === worst?.cause && one.finding.subject === worst.subject,
  )
  return (
    <section className={classes.card} aria-label={t('diagnose.bottleneck')}>
      <span className={classes.label}>{t('diagnose.bottleneck')}</span>
      {verdict === undefined ? (
        <span className={classes.facts}>{error === null ? '…' : error.message}</span>
      ) : worst !== undefined ? (
        <>
          <Status
            level={findingLevel(worst)}
            word={inLanguage(worst.title, lang) + (worst.subject === '' ? '' : ` · ${worst.subject}`)}
          />
          <span className={classes.facts}>
            {worst.evidence
              .filter(one => one.met)
              .slice(0, 2)
              .map(one => evidenceText(one, lang))
              .join(' · ')}
          </span>
          {worst.culprit !== null && (
            <span className={classes.facts}>{t('diagnose.who', { who: culpritText(worst) ?? '' })}</span>
          )}
          {stored === undefined ? (
            <Link to="/diagnose" search={{ host: host.name } as never}>
              {t('diagnose.all')}
            </Link>
          ) : (
            <Link to="/diagnose/findings/$id" params={{ id: stored.id }} search={true as never}>
              {t('diagnose.evidence')}
            </Link>
          )}
        </>
      ) : verdict.exonerated.length === 0 ? (
        <span className={classes.facts}>{t('diagnose.blind')}</span>
      ) : (
        <>
          <Status level="ok" word={t('diagnose.healthy')} />
          <span className={classes.facts}>
            {verdict.exonerated
              .filter(one => HEADROOM.includes(one.cause) && one.headroom !== null)
              .map(one =>
                t('diagnose.headroom', {
                  what: inLanguage(one.title, lang),
                  left: Math.round(100 * (one.headroom ?? 0)),
                }),
              )
              .join(' · ')}
          </span>
        </>
      )}
    </section>
  )
}
