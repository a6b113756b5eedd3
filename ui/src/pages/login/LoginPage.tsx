import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { ApiError } from '../../api/client'
import { live } from '../../api/live'
import { logIn, sessionQuery } from '../../api/session'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Gate } from '../../components/Gate'
import { Password } from '../../components/Password'
import { useTitle } from '../../components/useTitle'

export default function LoginPage() {
  const { t, duration, session } = useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { next } = useSearch({ from: '/login' })
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  useTitle(t('login.title'))

  const ready = session?.state === 'ready' || session?.state === 'setup'
  useEffect(() => {
    if (ready) void navigate({ href: next ?? '/fleet', replace: true })
  }, [ready, next, navigate])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      queries.setQueryData(sessionQuery.queryKey, await logIn(name, password))
      live.start()
    } catch (failure) {
      setPassword('')
      if (failure instanceof ApiError && failure.code === 'unauthenticated') setError(t('login.wrong'))
      else if (failure instanceof ApiError && failure.code === 'too_many') {
        setError(t('login.tooMany', { wait: duration((failure.retryAfterSeconds ?? 900) * 1000) }))
      } else
        setError(
          t('error.generic', { message: failure instanceof Error ? failure.message : String(failure) }),
        )
    } finally {
      setBusy(false)
    }
  }

  return (
    <Gate title={t('login.title')}>
      <form onSubmit={event => void submit(event)}>
        <TextInput
          label={t('login.name')}
          autoComplete="username"
          autoFocus
          required
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Password
          label={t('login.password')}
          autoComplete="current-password"
          required
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <FormError message={error} />
        <Button type="submit" loading={busy}>
          {t('login.submit')}
        </Button>
        <p className="small">{t('login.forgotten')}</p>
      </form>
    </Gate>
  )
}
