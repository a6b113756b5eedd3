import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Routing, routingQuery, type Schedule, writeRouting } from '../../api/incidents'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { ScheduleFields, usualWeek } from './SilenceForm'
import { scheduleText } from './words'

/** Named times of the week in which the routes that name them tell nobody. */
export function MuteTimes() {
  const app = useApp()
  const { t, zone, may } = app
  const queries = useQueryClient()
  const { data: routing } = useQuery(routingQuery)
  const [name, setName] = useState('')
  const [schedule, setSchedule] = useState<Schedule | null>(() => usualWeek(zone))
  const [adding, setAdding] = useState(false)
  const save = useMutation({
    mutationFn: writeRouting,
    onSuccess: (kept: Routing) => {
      queries.setQueryData(routingQuery.queryKey, kept)
      setAdding(false)
      setName('')
    },
  })
  if (routing === undefined) return null
  const times = routing.muteTimes
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const chosen = schedule
    if (chosen === null) return
    save.mutate({ ...routing, muteTimes: [...times, { name: name.trim(), schedules: [chosen] }] })
  }
  return (
    <div className={classes.card}>
      <h2>{t('mute.title')}</h2>
      <p className={`${classes.hint} ${classes.pad}`}>{t('mute.hint')}</p>
      {times.length === 0 ? (
        <Notice compact title={t('mute.none')} />
      ) : (
        <ul>
          {times.map(time => (
            <li key={time.name} className={classes.row}>
              <div>
                <strong>{time.name}</strong>
                {time.schedules.map(one => (
                  <p key={JSON.stringify(one)} className={classes.hint}>
                    {scheduleText(one, app)}
                  </p>
                ))}
              </div>
              {may('admin') && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() =>
                    save.mutate({ ...routing, muteTimes: times.filter(one => one.name !== time.name) })
                  }
                >
                  {t('action.delete')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {may('admin') &&
        (adding ? (
          <form className={`${classes.pad} ${classes.stack}`} onSubmit={submit} noValidate>
            <TextInput
              size="xs"
              label={t('mute.name')}
              value={name}
              onChange={event => setName(event.currentTarget.value)}
            />
            <ScheduleFields zone={zone} weekly onChange={setSchedule} />
            <div className={classes.buttons}>
              <Button size="xs" variant="default" onClick={() => setAdding(false)}>
                {t('action.cancel')}
              </Button>
              <Button size="xs" type="submit" disabled={schedule === null || name.trim() === ''}>
                {t('action.save')}
              </Button>
            </div>
          </form>
        ) : (
          <div className={classes.pad}>
            <Button size="xs" variant="default" onClick={() => setAdding(true)}>
              {t('mute.add')}
            </Button>
          </div>
        ))}
      <FormError message={save.error?.message ?? null} />
    </div>
  )
}
