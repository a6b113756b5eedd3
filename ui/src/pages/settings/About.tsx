import { useQuery } from '@tanstack/react-query'
import { type Status, statusQuery } from '../../api/admin'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import type { PlainKey } from '../../lib/i18n'
import { dateTimeText, type Zone } from '../../lib/time'
import { formatText } from '../../lib/units'
import classes from './Settings.module.css'

interface Group {
  readonly word: PlainKey
  readonly facts: readonly (readonly [PlainKey, string])[]
}

function groupsOf(
  status: Status,
  zone: Zone,
  duration: (millis: number) => string,
  word: (key: PlainKey) => string,
): Group[] {
  const millis = (value: number | null | undefined) =>
    formatText(value === null || value === undefined ? null : value / 1000, 'seconds')
  return [
    {
      word: 'about.group.hub',
      facts: [
        ['about.version', status.version],
        ['about.java', status.java ?? '–'],
        ['about.started', dateTimeText(status.startedAt, zone)],
        ['about.uptime', duration(status.uptimeMillis)],
        ['about.rss', formatText(status.rssBytes, 'bytes')],
        ['about.heap', formatText(status.heapBytes, 'bytes')],
        [
          'about.cache',
          status.queryCacheBytes === null
            ? word('about.cache.off')
            : formatText(status.queryCacheBytes, 'bytes'),
        ],
        ['about.cacheHits', formatText(status.queryCacheHitPercent, 'percent')],
      ],
    },
    {
      word: 'about.group.store',
      facts: [
        ['about.series', formatText(status.series, 'count')],
        ['about.rate', formatText(status.samplesPerSecond, 'count')],
        ['about.samples', formatText(status.samplesTotal, 'count')],
        ['about.storage', formatText(status.storageBytes, 'bytes')],
        ['about.keep', status.daysToKeep === null ? '–' : duration(status.daysToKeep * 86_400_000)],
        ['about.writes', word(status.readOnly ? 'about.writes.refused' : 'about.writes.taken')],
        ['about.diskFree', formatText(status.diskFreeBytes, 'bytes')],
      ],
    },
    {
      word: 'about.group.latency',
      facts: [
        ['about.latency50', millis(status.eventToChart?.p50Millis)],
        ['about.latency99', millis(status.eventToChart?.p99Millis)],
        ['about.notified99', millis(status.eventToNotification?.p99Millis)],
        ['about.resolved99', millis(status.eventToResolved?.p99Millis)],
      ],
    },
  ]
}

export function About() {
  return (
    <Loaded query={useQuery(statusQuery)} height={320}>
      {status => <Facts status={status} />}
    </Loaded>
  )
}

function Facts({ status }: { status: Status }) {
  const { t, zone, duration } = useApp()
  const measured = status.eventToChart?.count ?? 0
  return (
    <>
      <p className={classes.lead}>{t('about.licence')}</p>
      {groupsOf(status, zone, duration, t).map(({ word, facts }) => (
        <section key={word} className={classes.card}>
          <h2>{t(word)}</h2>
          <dl className={classes.facts}>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{t(name)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p className={classes.hint}>
        {measured === 0 ? t('about.latency.none') : t('about.latency.hint', { n: measured })}
      </p>
    </>
  )
}
