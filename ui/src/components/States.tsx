import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { ApiError } from '../api/client'
import type { Role } from '../api/session'
import { useApp } from './app'
import classes from './States.module.css'

/** What is shown where there is nothing to show: it says why, and what can be done. */
export function Notice({
  title,
  children,
  action,
  tone = 'plain',
  compact = false,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
  tone?: 'plain' | 'bad'
  compact?: boolean
}) {
  return (
    <div
      className={classes.notice}
      data-tone={tone}
      data-compact={compact || undefined}
      role={tone === 'bad' ? 'alert' : undefined}
    >
      <p className={classes.title}>{title}</p>
      {children !== undefined && <div className={classes.body}>{children}</div>}
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  )
}

/** An error of the hub in words, with a way to try again. */
export function Failure({ error, retry, needed }: { error: unknown; retry?: () => void; needed?: Role }) {
  const { t, session } = useApp()
  const again =
    retry === undefined ? undefined : (
      <Button size="xs" variant="default" onClick={retry}>
        {t('action.retry')}
      </Button>
    )
  if (error instanceof ApiError && (error.code === 'forbidden' || error.code === 'unauthenticated')) {
    return <Forbidden needed={needed ?? 'admin'} />
  }
  if (error instanceof ApiError && error.code === 'unreachable') {
    return (
      <Notice tone="bad" title={t('error.unreachable.title')} action={again}>
        {t('error.unreachable.body')}
      </Notice>
    )
  }
  const message = error instanceof Error ? error.message : String(error)
  return (
    <Notice
      tone="bad"
      title={t('error.generic', { message })}
      action={again}
      {...(session === undefined ? {} : { compact: true })}
    />
  )
}

export function Forbidden({ needed }: { needed: Role }) {
  const { t, session } = useApp()
  const role = session?.user?.role
  return (
    <Notice title={t('error.forbidden.title')}>
      {role === undefined
        ? t('error.forbidden.setup')
        : t('error.forbidden.body', { role: t(`role.${role}`), needed: t(`role.${needed}`) })}
    </Notice>
  )
}

/** A grey shape of the final size; it appears only when waiting takes long enough to be noticed. */
export function Skeleton({ height }: { height: number }) {
  const { t } = useApp()
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className={classes.skeleton} data-late={late || undefined} style={{ height }}>
      <span className="sr-only">{t('chart.loading')}</span>
    </div>
  )
}
