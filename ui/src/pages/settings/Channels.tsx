import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Channel,
  type ChannelKind,
  channelsQuery,
  deadQuery,
  discardMessage,
  kindsQuery,
  removeChannel,
  retryMessage,
} from '../../api/channels'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'
import { ChannelForm } from './ChannelForm'
import { EditDelete } from './EditDelete'
import { HeartbeatForm } from './HeartbeatForm'
import classes from './Settings.module.css'

/** Ways to tell people: the list, the form that the hub describes, what could not be delivered. */
export function Channels() {
  const channels = useQuery(channelsQuery)
  const kinds = useQuery(kindsQuery)
  return (
    <Loaded query={channels} height={200}>
      {all => (
        <Loaded query={kinds} height={200}>
          {known => <ChannelList channels={all} kinds={known} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function ChannelList({ channels, kinds }: { channels: readonly Channel[]; kinds: readonly ChannelKind[] }) {
  const { t, lang, may } = useApp()
  const queries = useQueryClient()
  const [editing, setEditing] = useState<Channel | ChannelKind | null>(null)
  const [removing, setRemoving] = useState<Channel | null>(null)
  const renew = () => queries.invalidateQueries({ queryKey: channelsQuery.queryKey })
  const remove = useMutation({ mutationFn: removeChannel, onSuccess: renew })

  const titleOf = (name: string) => kinds.find(kind => kind.name === name)?.title[lang] ?? name
  return (
    <>
      <p className={classes.lead}>{t('channels.lead')}</p>
      <div className={classes.card}>
        {channels.length === 0 ? (
          <Notice compact tone="bad" title={t('channels.empty')}>
            {t('channels.empty.body')}
          </Notice>
        ) : (
          <ul className={classes.list}>
            {channels.map(channel => (
              <li key={channel.id} className={classes.row}>
                <div>
                  <strong>{channel.name}</strong>
                  <p className={classes.hint}>
                    {titleOf(channel.kind)} ·{' '}
                    {channel.recipients
                      .map(({ address, language }) =>
                        [address, t(`channels.language.${language}`)].filter(Boolean).join(' '),
                      )
                      .join(', ')}
                  </p>
                  <p className={classes.hint}>
                    {channel.enabled ? (
                      <Status
                        level={channel.dead > 0 ? 'crit' : channel.queued > 0 ? 'warn' : 'ok'}
                        word={t('channels.counts', {
                          sent: channel.sent,
                          queued: channel.queued,
                          dead: channel.dead,
                        })}
                      />
                    ) : (
                      <Status level="none" word={t('channels.off')} />
                    )}
                  </p>
                </div>
                {may('admin') && (
                  <EditDelete
                    removeName={t('channels.remove', { name: channel.name })}
                    onEdit={() => setEditing(channel)}
                    onRemove={() => setRemoving(channel)}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
      {remove.error !== null && <FormError message={remove.error.message} />}
      {may('admin') && (
        <div className={classes.card}>
          <h2>{t('channels.add')}</h2>
          <div className={classes.choices}>
            {kinds.map(kind => (
              <Button key={kind.name} size="xs" variant="default" onClick={() => setEditing(kind)}>
                {kind.title[lang]}
              </Button>
            ))}
          </div>
        </div>
      )}
      <Undelivered channels={channels} />
      {may('admin') && <HeartbeatForm />}
      {editing !== null && (
        <ChannelForm
          kind={'to' in editing ? editing : (kinds.find(kind => kind.name === editing.kind) as ChannelKind)}
          known={'to' in editing ? null : editing}
          others={channels.filter(channel => 'to' in editing || channel.id !== editing.id)}
          onClose={() => setEditing(null)}
          onSaved={() => {
            setEditing(null)
            void renew()
          }}
        />
      )}
      {removing !== null && (
        <Confirm
          title={t('channels.remove.title', { name: removing.name })}
          body={t('channels.remove.body', { n: removing.queued })}
          action={t('channels.remove', { name: removing.name })}
          onClose={() => setRemoving(null)}
          onConfirm={() => {
            remove.mutate(removing.id)
            setRemoving(null)
          }}
        />
      )}
    </>
  )
}

function Undelivered({ channels }: { channels: readonly Channel[] }) {
  const { t, zone, may } = useApp()
  const queries = useQueryClient()
  const { data: dead } = useQuery(deadQuery)
  const renew = () => queries.invalidateQueries({ queryKey: deadQuery.queryKey })
  const retry = useMutation({ mutationFn: retryMessage, onSuccess: renew })
  const discard = useMutation({ mutationFn: discardMessage, onSuccess: renew })
  if (dead === undefined || dead.length === 0) return null
  return (
    <div className={classes.card}>
      <h2>{t('channels.dead', { n: dead.length })}</h2>
      <ul className={classes.list}>
        {dead.map(message => (
          <li key={message.key} className={classes.row}>
            <div>
              <strong>{message.title}</strong>
              <p className={classes.hint}>
                {channels.find(channel => channel.id === message.channelId)?.name ?? t('channels.gone')}
                {message.address !== '' && ` → ${message.address}`} · {dateTimeText(message.createdAt, zone)}{' '}
                · {t('channels.tries', { n: message.attempts })}
              </p>
              <p className={classes.said}>{message.answer}</p>
            </div>
            {may('operator') && (
              <div className={classes.actions}>
                <Button size="compact-xs" variant="default" onClick={() => retry.mutate(message.key)}>
                  {t('action.retry')}
                </Button>
                <Button size="compact-xs" variant="default" onClick={() => discard.mutate(message.key)}>
                  {t('channels.discard')}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {(retry.error ?? discard.error) !== null && (
        <FormError message={(retry.error ?? discard.error)?.message ?? null} />
      )}
    </div>
  )
}
