import { Button, SegmentedControl, Select } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError } from '../../api/client'
import { changePassword } from '../../api/session'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Password } from '../../components/Password'
import type { Preferences } from '../../components/preferences'
import { zoneName } from '../../lib/time'
import classes from './Settings.module.css'

const root = getRouteApi('__root__')

export function Appearance() {
  const { t, preferences, prefer, session } = useApp()
  const navigate = useNavigate()
  const search = root.useSearch()
  const ready = session?.state === 'ready'

  // What the address dictates would hide the choice: choosing takes it out of the address.
  const choose = (change: Partial<Preferences>) => {
    prefer(change)
    const dictated = Object.keys(change).some(key => search[key as keyof typeof search] !== undefined)
    if (!dictated) return
    const gone = Object.fromEntries(Object.keys(change).map(key => [key, undefined]))
    void navigate({ to: '.', search: ((old: object) => ({ ...old, ...gone })) as never, replace: true })
  }

  return (
    <>
      <p className={classes.lead}>
        {ready ? t('settings.appearance.lead') : t('settings.appearance.leadLocal')}
      </p>
      <div className={classes.card}>
        <Row label={t('theme.label')}>
          <SegmentedControl
            size="xs"
            aria-label={t('theme.label')}
            value={preferences.theme}
            onChange={value => choose({ theme: value as Preferences['theme'] })}
            data={[
              { value: 'auto', label: t('theme.auto') },
              { value: 'light', label: t('theme.light') },
              { value: 'dark', label: t('theme.dark') },
            ]}
          />
        </Row>
        <Row label={t('lang.label')}>
          <SegmentedControl
            size="xs"
            aria-label={t('lang.label')}
            value={preferences.lang}
            onChange={value => choose({ lang: value as Preferences['lang'] })}
            data={[
              { value: 'auto', label: t('lang.auto') },
              { value: 'en', label: 'English' },
              { value: 'zh', label: '中文' },
            ]}
          />
        </Row>
        <Row label={t('settings.zone')}>
          <Select
            size="xs"
            searchable
            allowDeselect={false}
            aria-label={t('settings.zone')}
            value={preferences.tz}
            onChange={value => value !== null && choose({ tz: value })}
            comboboxProps={{ transitionProps: { duration: 0 } }}
            limit={100}
            data={[
              { value: 'browser', label: t('settings.zone.browser', { zone: zoneName('browser') }) },
              { value: 'UTC', label: t('settings.zone.utc') },
              ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC'),
            ]}
          />
        </Row>
        <Row label={t('settings.shortcuts')} hint={t('settings.shortcuts.hint')}>
          <SegmentedControl
            size="xs"
            aria-label={t('settings.shortcuts')}
            value={preferences.shortcuts}
            onChange={value => choose({ shortcuts: value as Preferences['shortcuts'] })}
            data={[
              { value: 'on', label: t('settings.on') },
              { value: 'off', label: t('settings.off') },
            ]}
          />
        </Row>
      </div>
      {ready && <ChangePassword />}
    </>
  )
}

function Row({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <div>
        <div>{label}</div>
        {hint !== undefined && <div className={classes.hint}>{hint}</div>}
      </div>
      {children}
    </div>
  )
}

function ChangePassword() {
  const { t } = useApp()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [done, setDone] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setDone(false)
    setError(null)
    const missing = 12 - [...next].length
    if (missing > 0) {
      setError(t('setup.tooShort', { n: missing }))
      return
    }
    try {
      await changePassword(current, next)
      setCurrent('')
      setNext('')
      setDone(true)
    } catch (failure) {
      const wrong = failure instanceof ApiError && (failure.status === 401 || failure.status === 403)
      setError(
        wrong ? t('settings.password.wrong') : failure instanceof Error ? failure.message : String(failure),
      )
    }
  }
  return (
    <div className={classes.card}>
      <h2>{t('settings.password')}</h2>
      <form className={classes.form} onSubmit={event => void submit(event)}>
        <Password
          size="xs"
          label={t('settings.password.current')}
          autoComplete="current-password"
          required
          value={current}
          onChange={event => setCurrent(event.currentTarget.value)}
        />
        <Password
          size="xs"
          label={t('settings.password.next')}
          autoComplete="new-password"
          required
          value={next}
          onChange={event => setNext(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default">
          {t('settings.password.change')}
        </Button>
        {error !== null && (
          <div className={classes.wide}>
            <FormError message={error} />
          </div>
        )}
      </form>
      {done && (
        <p className={classes.saved} role="status">
          {t('settings.password.changed')}
        </p>
      )}
    </div>
  )
}
