import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { ApiError } from '../../api/client'
import { live } from '../../api/live'
import { sessionQuery, setUp } from '../../api/session'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import { Gate } from '../../components/Gate'
import { Password } from '../../components/Password'
import { useTitle } from '../../components/useTitle'

const LEAST_LENGTH = 12

/** The fragment of an address never reaches a server or its logs. */
function tokenOfAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token')
}

/** First run: the one-time link leads here; afterwards the hub has an administrator and this browser a session. */
export default function SetupPage() {
  const { t, session } = useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [token] = useState(tokenOfAddress)
  const [name, setName] = useState('admin')
  const [password, setPassword] = useState('')
  const [repeat, setRepeat] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState(false)
  const [error, setError] = useState<{ field?: string | undefined; message: string } | null>(null)
  useTitle(t('setup.title'))
  useEffect(() => {
    // Out of the address bar and the history: the link is a secret until it is used.
    if (token !== null) history.replaceState(history.state, '', location.pathname + location.search)
  }, [token])

  const missing = LEAST_LENGTH - [...password].length
  const nameError = name.trim() === '' ? t('setup.nameMissing') : null
  const passwordError = missing > 0 ? t('setup.tooShort', { n: missing }) : null
  const repeatError = repeat === password ? null : t('setup.mismatch')

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (token === null || nameError !== null || passwordError !== null || repeatError !== null) return
    setBusy(true)
    setError(null)
    try {
      queries.setQueryData(sessionQuery.queryKey, await setUp(token, name.trim(), password))
      live.start()
      await navigate({ to: '/fleet', search: {} as never, replace: true })
    } catch (failure) {
      if (failure instanceof ApiError && failure.code === 'forbidden') setRefused(true)
      else {
        const message = failure instanceof Error ? failure.message : String(failure)
        setError({ message, field: failure instanceof ApiError ? failure.field : undefined })
      }
    } finally {
      setBusy(false)
    }
  }

  if (session !== undefined && session.state !== 'setup') {
    return (
      <Gate title={t('setup.done.title')} lead={t('setup.done.body')}>
        <p className="small">
          <Link to={session.state === 'ready' ? '/fleet' : '/login'} search={{} as never}>
            {session.state === 'ready' ? t('nav.notFound.action') : t('login.title')}
          </Link>
        </p>
      </Gate>
    )
  }
  if (token === null || refused) {
    return (
      <Gate
        title={refused ? t('setup.badToken.title') : t('setup.noToken.title')}
        lead={refused ? t('setup.badToken.body') : t('setup.noToken.body')}
      >
        <p className="small">
          <Link to="/fleet" search={{} as never}>
            {t('setup.look')}
          </Link>
        </p>
      </Gate>
    )
  }
  const fieldError = (field: string, own: string | null) =>
    error?.field === field ? error.message : tried ? own : null
  return (
    <Gate title={t('setup.title')} lead={t('setup.lead')}>
      <form onSubmit={event => void submit(event)} noValidate>
        <TextInput
          label={t('setup.name')}
          autoComplete="username"
          value={name}
          error={fieldError('name', nameError)}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Password
          label={t('setup.password')}
          description={t('setup.password.hint')}
          autoComplete="new-password"
          autoFocus
          value={password}
          error={fieldError('password', passwordError)}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Password
          label={t('setup.repeat')}
          autoComplete="new-password"
          value={repeat}
          error={fieldError('repeat', repeatError)}
          onChange={event => setRepeat(event.currentTarget.value)}
        />
        <FormError message={error !== null && error.field === undefined ? error.message : null} />
        <Button type="submit" loading={busy}>
          {t('setup.submit')}
        </Button>
      </form>
    </Gate>
  )
}
