import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { endSilence, silencesQuery } from '../../api/incidents'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { AlertsShell } from './AlertsShell'
import { MuteTimes } from './MuteTimes'
import { SilenceForm } from './SilenceForm'
import { matcherText, scheduleText } from './words'

/** When nobody is told: silences, maintenance windows and mute times. */
export default function SilencesPage() {
  const app = useApp()
  const { t, may } = app
  const queries = useQueryClient()
  const query = useQuery(silencesQuery)
  const [adding, setAdding] = useState(false)
  const end = useMutation({
    mutationFn: endSilence,
    onSuccess: () => queries.invalidateQueries({ queryKey: silencesQuery.queryKey }),
  })
  return (
    <AlertsShell current="/alerts/silences">
      <div className={classes.head}>
        <h1>{t('alerts.tab.silences')}</h1>
        {may('operator') && (
          <Button size="xs" onClick={() => setAdding(true)}>
            {t('silence.add')}
          </Button>
        )}
      </div>
      <p className={classes.lead}>{t('silence.lead')}</p>
      <div className={classes.card}>
        <Loaded query={query} height={160}>
          {silences =>
            silences.length === 0 ? (
              <Notice compact title={t('silence.none')} />
            ) : (
              <ul>
                {silences.map(({ silence, active }) => (
                  <li key={silence.id} className={classes.row}>
                    <div>
                      <strong>{silence.comment}</strong>{' '}
                      <span className={classes.subject}>
                        {silence.maintenance ? t('quiet.maintenance') : t('quiet.silence')} ·{' '}
                        {active ? t('silence.active') : t('silence.waiting')}
                      </span>
                      <p className={classes.code}>{silence.matchers.map(matcherText).join(', ')}</p>
                      <p className={classes.hint}>
                        {scheduleText(silence.schedule, app)} · {silence.createdBy}
                      </p>
                    </div>
                    {may('operator') && (
                      <Button size="compact-xs" variant="default" onClick={() => end.mutate(silence.id)}>
                        {t('silence.end')}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      <FormError message={end.error?.message ?? null} />
      <MuteTimes />
      {adding && <SilenceForm matchers={[]} onClose={() => setAdding(false)} />}
    </AlertsShell>
  )
}
