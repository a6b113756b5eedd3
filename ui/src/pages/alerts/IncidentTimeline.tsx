import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { channelsQuery } from '../../api/channels'
import { findingsQuery } from '../../api/findings'
import type { IncidentDetail, IncidentEvent } from '../../api/incidents'
import { trialsQuery } from '../../api/tuning'
import { type App, useApp } from '../../components/app'
import { inLanguage } from '../../components/evidence'
import classes from '../../components/Page.module.css'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import own from './Alerts.module.css'
import { messageKind, quietWord } from './words'

interface Line {
  readonly at: number
  readonly text: ReactNode
}

/** What happened, oldest first: to the incident, to its messages, and on its host meanwhile. */
export function IncidentTimeline({ detail: { incident, events, messages } }: { detail: IncidentDetail }) {
  const app = useApp()
  const { t, lang, zone } = app
  const { data: channels } = useQuery(channelsQuery)
  const host = incident.labels.instance
  const until = incident.resolvedAt === null ? {} : { to: incident.resolvedAt }
  const about = { host: host ?? '', from: incident.openedAt, ...until }
  const { data: findings } = useQuery({ ...findingsQuery(about), enabled: host !== undefined })
  const { data: trials } = useQuery({ ...trialsQuery(host), enabled: host !== undefined })
  const meanwhile = ({ beganAt }: { beganAt: number }) =>
    beganAt >= incident.openedAt && beganAt <= (incident.resolvedAt ?? Number.POSITIVE_INFINITY)
  const lines: Line[] = [
    ...events.map(event => ({ at: event.at, text: eventText(event, app) })),
    ...messages.flatMap(({ channelId, state, kind, eventAt, endedAt }) =>
      state !== 'sent' || endedAt === null
        ? []
        : {
            at: endedAt,
            text: t('event.delivered', {
              channel: channels?.find(one => one.id === channelId)?.name ?? t('channels.gone'),
              what: messageKind(kind, t),
              time: formatText(Math.max(0, endedAt - eventAt) / 1000, 'seconds'),
            }),
          },
    ),
    ...(findings ?? []).filter(meanwhile).map(one => ({
      at: one.beganAt,
      text: (
        <>
          {t('event.found')}{' '}
          <Link to="/diagnose/findings/$id" params={{ id: one.id }} search={true as never}>
            {inLanguage(one.finding.title, lang)}
          </Link>
        </>
      ),
    })),
    ...(trials ?? []).filter(meanwhile).map(one => ({
      at: one.beganAt,
      text: (
        <>
          {t('event.tuned')}{' '}
          <Link to="/tuning/changes/$id" params={{ id: one.id }} search={true as never}>
            {one.action} {one.target} = {one.value}
          </Link>
        </>
      ),
    })),
  ]
  return (
    <div className={classes.card}>
      <h2>{t('incident.timeline')}</h2>
      <ol className={own.timeline}>
        {lines
          .reverse()
          .sort((a, b) => a.at - b.at)
          .map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a timeline have no identity of their own
            <li key={`${line.at}.${i}`}>
              <time dateTime={new Date(line.at).toISOString()}>{dateTimeText(line.at, zone)}</time>
              <span>{line.text}</span>
            </li>
          ))}
      </ol>
    </div>
  )
}

const EVENTS = [
  'fired',
  'joined',
  'left',
  'told',
  'acknowledged',
  'unacknowledged',
  'assigned',
  'commented',
  'escalated',
  'suppressed',
  'resolved',
  'reopened',
  'closed',
] as const

function eventText({ kind, actor, detail }: IncidentEvent, { t }: App): string {
  const known = EVENTS.find(one => one === kind)
  const word = known === undefined ? kind : t(`event.${known}`)
  const by = actor === 'evenkeel' ? '' : ` · ${actor}`
  const what = kind === 'suppressed' ? quietWord(detail, t) : kind === 'told' ? toldText(detail, t) : detail
  return what === '' ? `${word}${by}` : `${word}${by}: ${what}`
}

/** `fired: 4` of the hub in words: what was said, in how many messages. */
function toldText(detail: string, t: App['t']): string {
  const [kind = '', n = ''] = detail.split(': ')
  return `${messageKind(kind, t)} · ${t('event.messages', { n })}`
}
