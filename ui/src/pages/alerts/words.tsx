import type { Incident, LabelMatcher, Schedule } from '../../api/incidents'
import { type App, useApp } from '../../components/app'
import { type Level, Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'

/** How matchers are written and read: `severity = critical`, `instance =~ web-.*`. */
export const matcherText = ({ name, operator, value }: LabelMatcher): string => `${name} ${operator} ${value}`

export const matchersText = (matchers: readonly LabelMatcher[]): string =>
  matchers.map(matcherText).join('\n')

/** One matcher a line; null when a line is none. Quotes around the value may be there. */
export function parseMatchers(text: string): LabelMatcher[] | null {
  const found: LabelMatcher[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const parts = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/.exec(line)
    if (parts === null) return null
    const [, name = '', operator = '', value = ''] = parts
    found.push({ name, operator, value: value.replace(/^"(.*)"$/, '$1') })
  }
  return found
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export function scheduleText(schedule: Schedule, { t, zone, duration }: App): string {
  const end = schedule.endsAt === null ? null : dateTimeText(schedule.endsAt, zone)
  if (schedule.days.length === 0) {
    return t('schedule.once', { from: dateTimeText(schedule.startsAt, zone), to: end ?? '' })
  }
  const days = DAYS.filter(day => schedule.days.includes(day)).map(day => t(`day.${day}`))
  return t('schedule.weekly', {
    days: days.join(' '),
    from: schedule.from ?? '',
    length: duration(schedule.minutes * 60_000),
    zone: schedule.zone ?? 'UTC',
  })
}

/** The value of an alert to four digits. */
export function valueText(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)))
}

export const levelOf = (severity: string): Level =>
  severity === 'critical' ? 'crit' : severity === 'warning' ? 'warn' : 'none'

export function Severity({ severity }: { severity: string }) {
  const { t } = useApp()
  const words = { critical: 'severity.critical', warning: 'severity.warning', info: 'severity.info' } as const
  const word = words[severity as keyof typeof words]
  return <Status level={levelOf(severity)} word={word === undefined ? severity || '–' : t(word)} />
}

/** Where an incident is, who takes care of it and until when, how far it was escalated, whether it flaps. */
export function StateWord({ incident }: { incident: Incident }) {
  const { t, zone } = useApp()
  const until = incident.acknowledgedUntil
  const words = [t(`incident.state.${incident.state}`)]
  if (incident.state === 'acknowledged') {
    if (incident.acknowledgedBy !== null) words.push(incident.acknowledgedBy)
    if (until !== null) words.push(t('incident.until', { time: dateTimeText(until, zone) }))
  }
  if (incident.escalated > 0 && incident.resolvedAt === null) {
    words.push(t('incident.escalated', { n: incident.escalated }))
  }
  if (incident.flapping) words.push(t('incident.flapping'))
  return <span>{words.join(' · ')}</span>
}

const KINDS = [
  'fired',
  'changed',
  'escalated',
  'digest',
  'reminder',
  'resolved',
  'fired_and_resolved',
  'delivery_problem',
  'test',
] as const

/** What a message says, in a word. */
export function messageKind(kind: string, t: App['t']): string {
  const known = KINDS.find(one => one === kind)
  return known === undefined ? kind : t(`message.kind.${known}`)
}

export const quietWord = (reason: string, t: App['t']): string => {
  const words = {
    silence: 'quiet.silence',
    maintenance: 'quiet.maintenance',
    'mute time': 'quiet.mute',
    inhibition: 'quiet.inhibition',
    dependency: 'quiet.dependency',
  } as const
  const key = words[reason as keyof typeof words]
  return key === undefined ? reason : t(key)
}

/** Matchers for what an incident is about. */
export const matchersOf = (incident: Incident): LabelMatcher[] =>
  Object.entries(incident.labels).map(([name, value]) => ({ name, operator: '=', value }))

/** An annotation in the language of the page, where the rule has it. */
export const annotation = (
  annotations: Readonly<Record<string, string>>,
  name: string,
  lang: App['lang'],
): string | undefined => (lang === 'zh' ? annotations[`${name}_zh`] : undefined) ?? annotations[name]
