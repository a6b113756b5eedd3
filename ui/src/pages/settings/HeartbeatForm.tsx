import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { heartbeatQuery, writeHeartbeat } from '../../api/channels'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

/** The outside address that the hub calls while it works, so that its own end is noticed. */
export function HeartbeatForm() {
  const { t, zone } = useApp()
  const queries = useQueryClient()
  const { data: heartbeat } = useQuery(heartbeatQuery)
  const [url, setUrl] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: (address: string) => writeHeartbeat(address, heartbeat?.periodSeconds ?? 60),
    onSuccess: () => {
      setUrl(null)
      return queries.invalidateQueries({ queryKey: heartbeatQuery.queryKey })
    },
  })
  if (heartbeat === undefined) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate((url ?? heartbeat.url).trim())
  }
  return (
    <div className={classes.card}>
      <h2>{t('heartbeat.title')}</h2>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          size="xs"
          label={t('heartbeat.url')}
          description={t('heartbeat.hint')}
          placeholder="https://hc-ping.com/…"
          value={url ?? heartbeat.url}
          onChange={event => setUrl(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" loading={save.isPending}>
          {t('action.save')}
        </Button>
        {heartbeat.lastAt !== null && (
          <div className={classes.wide}>
            <Status
              level={heartbeat.lastOk === true ? 'ok' : 'crit'}
              word={`${dateTimeText(heartbeat.lastAt, zone)} · ${heartbeat.lastAnswer ?? ''}`}
            />
          </div>
        )}
        {save.error !== null && (
          <div className={classes.wide}>
            <FormError message={save.error.message} />
          </div>
        )}
      </form>
    </div>
  )
}
