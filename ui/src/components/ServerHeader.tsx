import { useSyncExternalStore } from 'react'
import type { Host } from '../api/hosts'
import { live } from '../api/live'
import { formatText } from '../lib/units'
import { useApp } from './app'
import classes from './ServerHeader.module.css'
import { HostStatusBadge } from './Status'

/** Which machine this is, and how fresh its samples are. */
export function ServerHeader({ host }: { host: Host }) {
  const { t, duration } = useApp()
  const status = useLiveStatus(host)
  const facts = [
    host.self ? t('host.self') : null,
    [host.os, host.kernel].filter(part => part !== null && part !== '').join(' '),
    host.arch,
    host.cores === null ? null : host.cores === 1 ? t('host.core') : t('host.cores', { n: host.cores }),
    host.memoryBytes === null ? null : formatText(host.memoryBytes, 'bytes'),
    host.bootedAt === null ? null : t('host.up', { duration: duration(live.now() - host.bootedAt) }),
    t('host.period', { period: duration(host.periodMillis) }),
  ].filter(fact => fact !== null && fact !== '')
  return (
    <div className={classes.header}>
      <h1 className={classes.name}>{host.name}</h1>
      <HostStatusBadge status={status} />
      <p className={classes.facts}>
        {facts.map(fact => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
    </div>
  )
}

/** The status of a host as the stream told it last, else as the list said. */
export function useLiveStatus(host: Host): Host['status'] {
  return useSyncExternalStore(live.watch, () => live.snapshot().hosts.get(host.id)?.status ?? host.status)
}
