import { useSyncExternalStore } from 'react'
import type { FleetHost, FleetStatus } from '../../api/fleet'
import { live } from '../../api/live'
import { type App, useApp } from '../../components/app'
import { useHubLost } from '../../components/live'
import { type Level, Status } from '../../components/Status'
import type { PlainKey } from '../../lib/i18n'
import { formatText } from '../../lib/units'

export const STATUS: Record<FleetStatus, readonly [Level, PlainKey]> = {
  down: ['down', 'status.down'],
  critical: ['crit', 'status.critical'],
  warning: ['warn', 'status.warning'],
  maintenance: ['maintenance', 'status.maintenance'],
  ok: ['ok', 'status.ok'],
}

/** How a server is: as the list said, or down as soon as the stream says that it is silent. */
export function FleetBadge({ one }: { one: FleetHost }) {
  const { t } = useApp()
  const heard = useSyncExternalStore(live.watch, () => live.snapshot().hosts.get(one.host.id)?.status)
  if (useHubLost()) return <Status level="none" word={t('status.hubLost')} />
  const status = heard === 'silent' && one.status !== 'maintenance' ? 'down' : one.status
  const [level, word] = STATUS[status]
  return <Status level={level} word={t(word)} />
}

const LIMITS = { cpu: 0.9, memory: 0.8, disk: 0.9 } as const

/** The worst thing of a server in words; null when nothing stands out. */
export function worstOf(one: FleetHost, { t, lang, duration }: App): string | null {
  const { host, worst } = one
  if (one.status === 'down' && host.lastSampleAt !== null)
    return t('fleet.worst.silent', { age: duration(live.now() - host.lastSampleAt) })
  if (worst !== null) {
    const summary = lang === 'zh' && worst.summaryZh !== '' ? worst.summaryZh : worst.summary
    // The name stands beside it already.
    const bare =
      lang === 'en' && summary.startsWith(`${host.name} `) ? summary.slice(host.name.length + 1) : summary
    return one.alerts > 1 ? t('fleet.worst.more', { summary: bare, n: one.alerts - 1 }) : bare
  }
  const { cpu, memory, disk, mount } = host.signals
  if (disk !== null && disk >= LIMITS.disk)
    return t('fleet.worst.disk', { mount: mount ?? '', value: formatText(100 * disk, 'percent') })
  if (memory !== null && memory >= LIMITS.memory)
    return t('fleet.worst.memory', { value: formatText(100 * memory, 'percent') })
  if (cpu !== null && cpu >= LIMITS.cpu)
    return t('fleet.worst.cpu', { value: formatText(100 * cpu, 'percent') })
  return null
}

export const isOverLimit = (signal: keyof typeof LIMITS, value: number | null): boolean =>
  value !== null && value >= LIMITS[signal]
