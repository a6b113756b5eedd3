import { Button, Menu, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type FormEvent, useMemo, useState } from 'react'
import { channelsQuery } from '../../api/channels'
import { findingsQuery } from '../../api/findings'
import {
  acknowledge,
  assign,
  comment,
  type Incident,
  type IncidentAlert,
  type IncidentDetail,
  incidentQuery,
} from '../../api/incidents'
import { SignalChart } from '../../charts/SignalChart'
import { useApp } from '../../components/app'
import { culpritText, evidenceText, inLanguage } from '../../components/evidence'
import { Fact, Facts } from '../../components/Fact'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import own from './Alerts.module.css'
import { AlertsShell } from './AlertsShell'
import { IncidentTimeline } from './IncidentTimeline'
import { SilenceForm } from './SilenceForm'
import { annotation, matchersOf, messageKind, quietWord, Severity, StateWord, valueText } from './words'

const route = getRouteApi('/inside/alerts/incidents/$id')
const MOST_CHARTS = 3
const BEFORE = 30 * 60_000
const AFTER = 15 * 60_000
const MINUTE = 60_000

/** One incident: what is wrong and how badly, who knows, what was done, and what can be done. */
export default function IncidentPage() {
  const { t } = useApp()
  const { id } = route.useParams()
  const query = useQuery(incidentQuery(id))
  return (
    <AlertsShell current="/alerts" crumb={{ text: query.data?.incident.title ?? id }}>
      <Loaded query={query} height={480} missing={t('incident.notFound')}>
        {detail => <Body detail={detail} />}
      </Loaded>
    </AlertsShell>
  )
}

function Body({ detail }: { detail: IncidentDetail }) {
  const { incident, alerts, willTell, messages } = detail
  const { t, zone, duration } = useApp()
  const { data: channels } = useQuery(channelsQuery)
  const host = incident.labels.instance
  const drawn = alerts.filter(alert => alert.signal !== '').slice(0, MOST_CHARTS)
  return (
    <>
      <div className={classes.head}>
        <h1>
          {incident.title} <span className={classes.subject}>{incident.subject}</span>
        </h1>
        <Severity severity={incident.severity} />
      </div>
      <Actions incident={incident} />
      <div className={classes.columns}>
        <div>
          <Facts>
            <Fact name={t('incident.state')}>
              <StateWord incident={incident} />
            </Fact>
            <Fact name={t('incident.opened')}>{dateTimeText(incident.openedAt, zone)}</Fact>
            <Fact name={t('incident.lasted')}>
              {duration(Math.max(1000, (incident.resolvedAt ?? Date.now()) - incident.openedAt))}
            </Fact>
            <Fact name={t('incident.assignee')}>{incident.assignee ?? '–'}</Fact>
            {host !== undefined && (
              <Fact name={t('incident.server')}>
                <Link to="/fleet" search={{ q: host } as never}>
                  {host}
                </Link>
              </Fact>
            )}
          </Facts>
          {drawn.map(alert => (
            <AlertCard key={alert.ruleId + alert.fingerprint} alert={alert} />
          ))}
          {alerts.length > drawn.length && (
            <div className={classes.card}>
              <h2>{t('incident.moreAlerts', { n: alerts.length - drawn.length })}</h2>
              <ul>
                {alerts.slice(drawn.length).map(alert => (
                  <li key={alert.ruleId + alert.fingerprint} className={classes.row}>
                    <AlertHead alert={alert} />
                  </li>
                ))}
              </ul>
            </div>
          )}
        </div>
        <div>
          {host !== undefined && <Found host={host} from={incident.openedAt} to={incident.resolvedAt} />}
          <div className={classes.card}>
            <h2>{t('incident.who')}</h2>
            <p className={classes.pad}>
              {incident.suppressedBy !== null
                ? `⏸ ${quietWord(incident.suppressedBy, t)}`
                : willTell.length === 0
                  ? t('incident.nobody')
                  : t('incident.willTell', { names: willTell.join(', ') })}
            </p>
            {messages.length > 0 && (
              <ul>
                {messages.map(message => (
                  <li key={message.key} className={classes.row}>
                    <div>
                      <Status
                        level={
                          message.state === 'sent'
                            ? 'ok'
                            : message.state === 'dead'
                              ? 'crit'
                              : message.state === 'queued'
                                ? 'warn'
                                : 'none'
                        }
                        word={`${channels?.find(one => one.id === message.channelId)?.name ?? t('channels.gone')} · ${messageKind(message.kind, t)} · ${t(`message.${message.state}`)}`}
                      />
                      <p className={classes.hint}>
                        {message.address !== '' && `${message.address} · `}
                        {message.state === 'sent' && message.endedAt !== null
                          ? t('message.took', {
                              time: formatText(
                                Math.max(0, message.endedAt - message.eventAt) / 1000,
                                'seconds',
                              ),
                            })
                          : t('channels.tries', { n: message.attempts })}
                      </p>
                      {message.answer !== '' && message.state !== 'merged' && (
                        <p className={classes.code}>{message.answer}</p>
                      )}
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </div>
          <IncidentTimeline detail={detail} />
        </div>
      </div>
    </>
  )
}

/** What diagnosis found on the host around the incident. */
function Found({ host, from, to }: { host: string; from: number; to: number | null }) {
  const { t, lang, zone, duration } = useApp()
  const until = to === null ? {} : { to }
  const { data } = useQuery(findingsQuery({ host, from: from - AFTER, ...until }))
  if (data === undefined || data.length === 0) return null
  return (
    <div className={classes.card}>
      <h2>{t('diagnose.found')}</h2>
      <ul>
        {data.slice(0, MOST_CHARTS).map(one => (
          <li key={one.id} className={classes.row}>
            <div className={classes.what}>
              <Link to="/diagnose/findings/$id" params={{ id: one.id }} search={true as never}>
                {inLanguage(one.finding.title, lang)}
              </Link>{' '}
              <span className={classes.subject}>{one.finding.subject}</span>
              <p>{culpritText(one.finding)}</p>
              <p className={classes.hint}>
                {one.finding.evidence
                  .filter(evidence => evidence.met)
                  .slice(0, 2)
                  .map(evidence => evidenceText(evidence, lang))
                  .join(' · ')}
              </p>
              <p className={classes.hint}>
                {dateTimeText(one.beganAt, zone)} ·{' '}
                {one.endedAt === null
                  ? t('diagnose.still')
                  : duration(Math.max(1000, one.endedAt - one.beganAt))}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

function AlertHead({ alert }: { alert: IncidentAlert }) {
  const { t, lang } = useApp()
  const { annotations, labels } = alert
  const own = (name: string) => annotation(annotations, name, lang)
  return (
    <div>
      <strong>{labels.alertname}</strong>{' '}
      <span className={classes.number}>
        {t('incident.value', { value: valueText(alert.value) })} {alert.condition}
      </span>
      {!alert.firing && <span className={classes.subject}> · {t('incident.state.resolved')}</span>}
      {own('summary') !== undefined && <p>{own('summary')}</p>}
      {own('description') !== undefined && <p className={classes.hint}>{own('description')}</p>}
      {own('next_step') !== undefined && <p className={classes.hint}>→ {own('next_step')}</p>}
      {/^https?:\/\//.test(annotations.runbook_url ?? '') && (
        <a href={annotations.runbook_url} rel="noreferrer noopener" target="_blank">
          {t('incident.runbook')}
        </a>
      )}
    </div>
  )
}

function AlertCard({ alert }: { alert: IncidentAlert }) {
  // A view that grows by whole minutes is asked anew once a minute.
  const end = alert.endsAt ?? Math.floor(Date.now() / MINUTE) * MINUTE + MINUTE
  const { startsAt, endsAt } = alert
  const view = useMemo(
    () => ({ from: startsAt - BEFORE, to: endsAt === null ? end : end + AFTER }),
    [startsAt, endsAt, end],
  )
  const ribbon = useMemo(() => [{ from: startsAt, to: end }], [startsAt, end])
  const threshold = Number(/(-?[\d.]+(?:e[+-]?\d+)?)\s*$/i.exec(alert.condition)?.[1] ?? Number.NaN)
  return (
    <div className={classes.card}>
      <div className={classes.pad}>
        <AlertHead alert={alert} />
        <SignalChart
          signal={alert.signal}
          labels={alert.labels}
          threshold={Number.isNaN(threshold) ? undefined : threshold}
          view={view}
          ribbon={ribbon}
        />
        <details>
          <summary className={classes.hint}>PromQL</summary>
          <p className={classes.code}>
            {alert.signal} {alert.condition}
          </p>
        </details>
      </div>
    </div>
  )
}

const ACK_MINUTES = [30, 60, 240, 1440, 0] as const

function Actions({ incident }: { incident: Incident }) {
  const { t, may, session, duration } = useApp()
  const queries = useQueryClient()
  const [silencing, setSilencing] = useState(false)
  const [text, setText] = useState('')
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['incidents'] })
  const ack = useMutation({ mutationFn: (minutes: number) => acknowledge(incident.id, minutes), onSuccess })
  const give = useMutation({ mutationFn: (to: string) => assign(incident.id, to), onSuccess })
  const say = useMutation({
    mutationFn: () => comment(incident.id, text),
    onSuccess: () => {
      setText('')
      void onSuccess()
    },
  })
  if (!may('operator')) return null
  const open = incident.state === 'open' || incident.state === 'acknowledged'
  const me = session?.user?.name ?? ''
  const failure = ack.error ?? give.error ?? say.error
  return (
    <div className={`${own.thumb} ${classes.stack}`}>
      <div className={classes.actions}>
        {open && (
          <Menu position="bottom-start" shadow="none" transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <Button size="xs" loading={ack.isPending}>
                {t('incident.acknowledge')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {ACK_MINUTES.map(minutes => (
                <Menu.Item key={minutes} onClick={() => ack.mutate(minutes)}>
                  {minutes === 0
                    ? t('incident.acknowledge.ever')
                    : t('incident.acknowledge.for', { time: duration(minutes * MINUTE) })}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        <Button
          size="xs"
          variant="default"
          onClick={() => give.mutate(incident.assignee === me ? '' : me)}
          loading={give.isPending}
        >
          {incident.assignee === me ? t('incident.giveBack') : t('incident.take')}
        </Button>
        {open && (
          <Button size="xs" variant="default" onClick={() => setSilencing(true)}>
            {t('silence.add')}
          </Button>
        )}
        <form
          className={classes.actions}
          onSubmit={(event: FormEvent) => {
            event.preventDefault()
            say.mutate()
          }}
        >
          <TextInput
            size="xs"
            aria-label={t('incident.comment')}
            placeholder={t('incident.comment')}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" type="submit" disabled={text.trim() === ''}>
            {t('incident.comment.send')}
          </Button>
        </form>
      </div>
      <FormError message={failure?.message ?? null} />
      {silencing && <SilenceForm matchers={matchersOf(incident)} onClose={() => setSilencing(false)} />}
    </div>
  )
}
