import { useQuery } from '@tanstack/react-query'
import { statusQuery } from '../api/admin'
import { collectorsQuery, type Host, qualityQuery } from '../api/hosts'
import { formatText } from '../lib/units'
import { useApp } from './app'
import classes from './ServerFooter.module.css'
import { type Level, Status } from './Status'

const LEVELS: Record<'ok' | 'unavailable' | 'failing', Level> = {
  ok: 'ok',
  unavailable: 'none',
  failing: 'warn',
}

/** How good the data is: latency as measured, what cleaning did, which collectors run and why others do not. */
export function ServerFooter({ host }: { host: Host }) {
  const { t } = useApp()
  const { data: status } = useQuery(statusQuery)
  const { data: quality } = useQuery(qualityQuery(host.id))
  const { data: collectors } = useQuery(collectorsQuery(host.id))
  const latency = status?.eventToChart ?? null
  const millis = (value: number | null) => formatText(value === null ? null : value / 1000, 'seconds')
  const rejected = quality?.rejected.reduce((sum, { count }) => sum + count, 0) ?? 0

  return (
    <footer className={classes.footer}>
      {latency !== null && latency.count > 0 && (
        <p title={t('footer.latency.hint', { n: latency.count })}>
          {t('footer.latency', { p50: millis(latency.p50Millis), p99: millis(latency.p99Millis) })}
        </p>
      )}
      {quality !== undefined && (
        <p>
          {t('footer.quality', {
            rejected: formatText(rejected, 'count'),
            resets: formatText(quality.resets, 'count'),
            suspects: formatText(quality.suspects.length, 'count'),
          })}
        </p>
      )}
      {collectors !== undefined && (
        <details className={classes.details}>
          <summary>
            {t('footer.collectors', {
              ok: collectors.filter(({ state }) => state === 'ok').length,
              all: collectors.length,
            })}
          </summary>
          <ul className={classes.collectors}>
            {collectors.map(({ name, state, reason, durationMillis }) => (
              <li key={name}>
                <span className={classes.name}>{name}</span>
                <Status level={LEVELS[state]} word={t(`footer.collectors.state.${state}`)} />
                <span className={classes.reason}>
                  {reason ?? (durationMillis === null ? '' : formatText(durationMillis / 1000, 'seconds'))}
                </span>
              </li>
            ))}
          </ul>
          {quality !== undefined && quality.rejected.length > 0 && (
            <>
              <p className={classes.heading}>{t('footer.rejected.title')}</p>
              <ul className={classes.collectors}>
                {quality.rejected.map(({ reason, count }) => (
                  <li key={reason}>
                    <span className={classes.name}>{reason}</span>
                    <span>{formatText(count, 'count')}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </details>
      )}
    </footer>
  )
}
