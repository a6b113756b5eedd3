import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { readChart } from '../../api/chart'
import type { IncidentAlert, IncidentLine } from '../../api/incidents'
import { Sparkline } from '../../charts/Sparkline'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { useOnScreen } from '../../components/useOnScreen'
import { fitting } from '../../lib/labels'
import { dateTimeText } from '../../lib/time'
import own from './Alerts.module.css'
import { annotation, quietWord, Severity, StateWord, valueText } from './words'

const MINUTE = 60_000
const POINTS = 60

/** An incident in the list: how bad, what, its number against the threshold, how long, who is told. */
export function IncidentRow({ line: { incident, firing, first, willTell } }: { line: IncidentLine }) {
  const { t, lang, zone, duration } = useApp()
  const end = incident.resolvedAt ?? Date.now()
  return (
    <li
      className={classes.incident}
      data-incident={incident.id}
      data-over={incident.resolvedAt !== null || undefined}
    >
      <Severity severity={incident.severity} />
      <div className={classes.what}>
        <Link to="/alerts/incidents/$id" params={{ id: incident.id }} search={true as never}>
          {incident.title}
        </Link>{' '}
        <span className={classes.subject}>{incident.subject}</span>
        <p className={classes.hint}>
          {first !== null && annotation(first.annotations, 'summary', lang)}
          {first !== null && first.condition !== '' && (
            <span className={classes.number}>
              {' '}
              {valueText(first.value)} ({first.condition})
            </span>
          )}
        </p>
      </div>
      <div className={own.spark}>
        {first !== null && first.signal !== '' && incident.resolvedAt === null && <Course alert={first} />}
      </div>
      <div className={classes.hint}>
        <StateWord incident={incident} />
        <p>
          {incident.resolvedAt === null && firing > 1 && `${t('incident.alerts', { n: firing })} · `}
          {duration(Math.max(1000, end - incident.openedAt))}
          {incident.assignee !== null && ` · ${incident.assignee}`}
        </p>
      </div>
      <p className={classes.hint}>
        {incident.resolvedAt !== null
          ? dateTimeText(incident.openedAt, zone)
          : incident.suppressedBy !== null
            ? `⏸ ${quietWord(incident.suppressedBy, t)}`
            : willTell.length === 0
              ? t('incident.nobody')
              : t('incident.willTell', { names: willTell.join(', ') })}
      </p>
    </li>
  )
}

/** What the alert measures, over the last hour. Rows on screen ask together, for the same minute. */
function Course({ alert }: { alert: IncidentAlert }) {
  const [box, visible] = useOnScreen<HTMLDivElement>()
  const to = Math.floor(Date.now() / MINUTE) * MINUTE
  const { data } = useQuery({
    queryKey: ['incident-course', alert.signal, to],
    queryFn: () => readChart(to - 60 * MINUTE, to, POINTS, [{ id: alert.fingerprint, expr: alert.signal }]),
    enabled: visible,
    staleTime: MINUTE,
    placeholderData: before => before,
  })
  const values = data?.results[0]?.series.find(one => fitting(one.labels, alert.labels))?.avg
  return <div ref={box}>{values !== undefined && <Sparkline values={values} />}</div>
}
