import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Attempt,
  KINDS,
  type KnownProbe,
  kindOf,
  type Probe,
  type ProbeKind,
  probesQuery,
  removeProbe,
  type SeenFrom,
} from '../../api/probes'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import { EditDelete } from './EditDelete'
import { ProbeForm } from './ProbeForm'
import { failureWords } from './probeWords'
import classes from './Settings.module.css'

/** Services that the hub asks from outside: the list with the last result in words, adding, changing, trying. */
export function Probes() {
  const query = useQuery(probesQuery)
  return (
    <Loaded query={query} height={200}>
      {probes => <ProbeList probes={probes} />}
    </Loaded>
  )
}

function ProbeList({ probes }: { probes: readonly KnownProbe[] }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const [editing, setEditing] = useState<KnownProbe | ProbeKind | null>(null)
  const [removing, setRemoving] = useState<KnownProbe | null>(null)
  const renew = () => queries.invalidateQueries({ queryKey: probesQuery.queryKey })
  const remove = useMutation({ mutationFn: removeProbe, onSuccess: renew })

  return (
    <>
      <p className={classes.lead}>{t('probes.lead')}</p>
      <div className={classes.card}>
        {probes.length === 0 ? (
          <Notice compact title={t('probes.empty')}>
            {t('probes.empty.body')}
          </Notice>
        ) : (
          <ul className={classes.list}>
            {probes.map(one => (
              <li key={one.id} className={classes.row}>
                <div>
                  <strong>{one.probe.name}</strong>
                  <p className={classes.hint}>
                    {t(`probes.kind.${kindOf(one.probe)}`)} · {targetOf(one.probe)} ·{' '}
                    {t('probes.every', { interval: `${one.probe.intervalSeconds} s` })}
                    {one.origin !== 'settings' && ` · ${t(`probes.${one.origin}`)}`}
                  </p>
                  <Seen seen={one.seen} />
                </div>
                {may('operator') && one.origin !== 'file' && (
                  <EditDelete
                    removeName={t('probes.remove', { name: one.probe.name })}
                    onEdit={() => setEditing(one)}
                    onRemove={() => setRemoving(one)}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
      {remove.error !== null && <FormError message={remove.error.message} />}
      {may('operator') && (
        <div className={classes.card}>
          <h2>{t('probes.add')}</h2>
          <div className={classes.choices}>
            {KINDS.map(kind => (
              <Button key={kind} size="xs" variant="default" onClick={() => setEditing(kind)}>
                {t(`probes.kind.${kind}`)}
              </Button>
            ))}
          </div>
        </div>
      )}
      {editing !== null && (
        <ProbeForm
          kind={typeof editing === 'string' ? editing : kindOf(editing.probe)}
          known={typeof editing === 'string' ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={() => {
            setEditing(null)
            void renew()
          }}
        />
      )}
      {removing !== null && (
        <Confirm
          title={t('probes.remove.title', { name: removing.probe.name })}
          body={t('probes.remove.body')}
          action={t('probes.remove', { name: removing.probe.name })}
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

function targetOf({ http, tcp, icmp, dns }: Probe): string {
  if (http !== null) return http.url
  if (tcp !== null) return `${tcp.host}:${tcp.port}`
  if (icmp !== null) return icmp.host
  return dns === null ? '' : `${dns.type} ${dns.name}${dns.server === '' ? '' : ` @ ${dns.server}`}`
}

const MOST_SHOWN = 4

/** How a probe goes from each place, the failing ones first; of many the rest as a number. */
function Seen({ seen }: { seen: readonly SeenFrom[] }) {
  const { t } = useApp()
  if (seen.length === 0) return <p className={classes.hint}>{t('probes.from.nobody')}</p>
  const rank = ({ last }: SeenFrom) => (last === null ? 1 : last.failure === null ? 2 : 0)
  const sorted = [...seen].sort((a, b) => rank(a) - rank(b))
  const rest = sorted.slice(MOST_SHOWN)
  const alone = seen.length === 1 && seen[0]?.server === ''
  return (
    <>
      {sorted.slice(0, MOST_SHOWN).map(({ server, last }) => (
        <p key={server} className={classes.hint}>
          {!alone && <b>{server === '' ? t('probes.from.hub') : server} </b>}
          <Last last={last} />
        </p>
      ))}
      {rest.length > 0 && (
        <p className={classes.hint}>
          {t('probes.from.more', {
            n: rest.length,
            bad: rest.filter(({ last }) => last !== null && last.failure !== null).length,
          })}
        </p>
      )}
    </>
  )
}

function Last({ last }: { last: Attempt | null }) {
  const { t, zone } = useApp()
  if (last === null) return <Status level="none" word={t('probes.never')} />
  const facts = [
    formatText(last.seconds, 'seconds'),
    last.answer.status === null ? '' : `HTTP ${last.answer.status}`,
    last.answer.tls ?? '',
    last.answer.certificateEndsMillis === null
      ? ''
      : t('probes.certificate', { time: dateTimeText(last.answer.certificateEndsMillis, zone) }),
    ...last.answer.records.slice(0, 2),
    dateTimeText(last.time, zone),
  ].filter(fact => fact !== '')
  return (
    <>
      <Status
        level={last.failure === null ? 'ok' : 'crit'}
        word={last.failure === null ? t('probes.good') : failureWords(t, last.failure)}
      />{' '}
      · {facts.join(' · ')}
    </>
  )
}
