import { Button, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type Incident, type IncidentLine, incidentsQuery } from '../../api/incidents'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import own from './Alerts.module.css'
import { AlertsShell } from './AlertsShell'
import { IncidentRow } from './IncidentRow'
import { SilenceForm } from './SilenceForm'
import { useIncidentKeys } from './useIncidentKeys'
import { matchersOf } from './words'

const route = getRouteApi('/inside/alerts')
const RANKS: Readonly<Record<string, number>> = { critical: 3, warning: 2, info: 1 }
const OPEN: string = 'open,acknowledged'

/** Every incident by filters, the worst that is open first. */
export default function IncidentsPage() {
  const { t, duration } = useApp()
  const { state = OPEN, severity = '', q = '', days = '' } = route.useSearch()
  const navigate = useNavigate()
  const today = Math.floor(Date.now() / 3_600_000) * 3_600_000
  const filter = {
    state: state === 'all' ? '' : state,
    severity,
    q,
    from: days === '' ? null : today - Number(days) * 86_400_000,
  }
  const query = useQuery(incidentsQuery(filter))
  const { data } = query
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ to: '.', search: ((old: object) => ({ ...old, ...change })) as never, replace: true })
  const combobox = { transitionProps: { duration: 0 } }
  const lines = data === undefined ? [] : sorted(data.incidents)
  const [muting, setMuting] = useState<Incident | null>(null)
  const failure = useIncidentKeys(lines, setMuting)
  const filtered = state !== OPEN || severity !== '' || q !== '' || days !== ''
  return (
    <AlertsShell current="/alerts">
      <div className={classes.head}>
        <h1>{t('alerts.tab.incidents')}</h1>
        {data !== undefined && (
          <dl className={own.figures}>
            <div title={t('incident.mtta.hint')}>
              <dt>MTTA</dt>
              <dd>{meanText(data.statistics.meanToAcknowledgeMillis, duration)}</dd>
            </div>
            <div title={t('incident.mttr.hint')}>
              <dt>MTTR</dt>
              <dd>{meanText(data.statistics.meanToResolveMillis, duration)}</dd>
            </div>
          </dl>
        )}
      </div>
      <div className={classes.filters}>
        <TextInput
          size="xs"
          data-filter
          aria-label={t('incident.filter')}
          placeholder={t('incident.filter')}
          value={q}
          onChange={event => set({ q: event.currentTarget.value })}
        />
        <Select
          size="xs"
          aria-label={t('incident.state')}
          allowDeselect={false}
          value={state}
          onChange={value => set({ state: value ?? undefined })}
          comboboxProps={combobox}
          data={[
            { value: OPEN, label: t('incident.show.open') },
            { value: 'open', label: t('incident.show.unacknowledged') },
            { value: 'resolved,closed', label: t('incident.show.over') },
            { value: 'all', label: t('incident.show.all') },
          ]}
        />
        <Select
          size="xs"
          aria-label={t('rule.severity')}
          allowDeselect={false}
          value={severity}
          onChange={value => set({ severity: value ?? '' })}
          comboboxProps={combobox}
          data={[
            { value: '', label: t('incident.show.severities') },
            { value: 'critical', label: t('severity.critical') },
            { value: 'warning', label: t('severity.warning') },
            { value: 'info', label: t('severity.info') },
          ]}
        />
        <Select
          size="xs"
          aria-label={t('range.label')}
          allowDeselect={false}
          value={days}
          onChange={value => set({ days: value ?? '' })}
          comboboxProps={combobox}
          data={[
            { value: '', label: t('incident.show.ever') },
            { value: '1', label: t('range.last.d', { n: 1 }) },
            { value: '7', label: t('range.last.d', { n: 7 }) },
            { value: '30', label: t('range.last.d', { n: 30 }) },
          ]}
        />
      </div>
      <FormError message={failure} />
      <div className={classes.card}>
        <Loaded query={query} height={240}>
          {() =>
            lines.length > 0 ? (
              <ul>
                {lines.map(line => (
                  <IncidentRow key={line.incident.id} line={line} />
                ))}
              </ul>
            ) : filtered ? (
              <Notice
                title={t('incident.noMatch')}
                action={
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() =>
                      set({ q: undefined, state: undefined, severity: undefined, days: undefined })
                    }
                  >
                    {t('fleet.noMatch.action')}
                  </Button>
                }
              />
            ) : (
              <Notice title={t('incident.none')}>{t('incident.none.body')}</Notice>
            )
          }
        </Loaded>
      </div>
      {muting !== null && <SilenceForm matchers={matchersOf(muting)} onClose={() => setMuting(null)} />}
    </AlertsShell>
  )
}

const meanText = (millis: number | null, duration: (millis: number) => string): string =>
  millis === null ? '–' : duration(millis)

/** What is open comes before what is over; among those the worse, then the newer. */
function sorted(lines: readonly IncidentLine[]): IncidentLine[] {
  const open = ({ incident }: IncidentLine) => (incident.resolvedAt === null ? 1 : 0)
  const rank = ({ incident }: IncidentLine) =>
    incident.resolvedAt === null ? (RANKS[incident.severity] ?? 0) : 0
  return [...lines].sort(
    (a, b) => open(b) - open(a) || rank(b) - rank(a) || b.incident.openedAt - a.incident.openedAt,
  )
}
