import type { HostStatus } from '../api/hosts'
import type { PlainKey } from '../lib/i18n'
import { useApp } from './app'
import { useHubLost } from './live'
import classes from './Status.module.css'

/** A state as shape, word and colour together, so that it is clear in grey too. */
export type Level = 'ok' | 'warn' | 'crit' | 'none' | 'down' | 'maintenance'

const SHAPES: Record<Level, string> = {
  ok: '●',
  warn: '▲',
  crit: '◆',
  none: '◌',
  down: '⊘',
  maintenance: '⏸',
}

export function Status({ level, word }: { level: Level; word: string }) {
  return (
    <span className={classes.status} data-level={level}>
      <span className={classes.shape} aria-hidden="true">
        {SHAPES[level]}
      </span>
      {word}
    </span>
  )
}

const HOST: Record<HostStatus, readonly [Level, PlainKey, PlainKey]> = {
  ok: ['ok', 'status.ok', 'status.ok.hint'],
  late: ['warn', 'status.late', 'status.late.hint'],
  silent: ['none', 'status.silent', 'status.silent.hint'],
}

/** How a server is; while the hub cannot be reached nobody knows. */
export function HostStatusBadge({ status }: { status: HostStatus }) {
  const { t } = useApp()
  if (useHubLost()) return <Status level="none" word={t('status.hubLost')} />
  const [level, word] = HOST[status]
  return <Status level={level} word={t(word)} />
}
