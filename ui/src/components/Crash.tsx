import { useEffect } from 'react'
import { ApiError } from '../api/client'
import { preferredLang, translator } from '../lib/i18n'
import { localPreferences } from './preferences'
import classes from './States.module.css'

const AGAIN_MILLIS = 3000

/** The last resort, outside of everything that may have failed: says what happened and starts the page anew. */
export function Crash({ error }: { error: unknown }) {
  const chosen = localPreferences().lang
  const t = translator(chosen === 'auto' ? preferredLang(navigator.languages) : chosen)
  const unreachable =
    error instanceof ApiError && (error.code === 'unreachable' || error.code === 'unavailable')
  useEffect(() => {
    if (!unreachable) return
    const timer = setTimeout(() => location.reload(), AGAIN_MILLIS)
    return () => clearTimeout(timer)
  }, [unreachable])
  const message = error instanceof Error ? error.message : String(error)
  return (
    <main className={classes.crash}>
      <div className={classes.notice} data-tone="bad" role="alert">
        <h1 className={classes.title}>
          {unreachable ? t('error.unreachable.title') : t('error.crash.title')}
        </h1>
        <p className={classes.body}>
          {unreachable ? t('error.unreachable.body') : t('error.crash.body', { message })}
        </p>
        <p className={classes.action}>
          <button type="button" className={classes.again} onClick={() => location.reload()}>
            {t('action.retry')}
          </button>
        </p>
      </div>
    </main>
  )
}
