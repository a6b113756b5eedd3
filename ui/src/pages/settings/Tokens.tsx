import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { addToken, removeToken, type Token, tokensQuery } from '../../api/admin'
import { live } from '../../api/live'
import type { Role } from '../../api/session'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { FormError } from '../../components/FormError'
import { Failure, Forbidden, Notice, Skeleton } from '../../components/States'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']
const VALID_DAYS = [7, 30, 90, 365] as const

export function Tokens() {
  const { t, zone, may } = useApp()
  const queries = useQueryClient()
  const { data: tokens, error, refetch } = useQuery({ ...tokensQuery, enabled: may('admin') })
  const [removing, setRemoving] = useState<Token | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const renew = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  const remove = useMutation({ mutationFn: removeToken, onSuccess: renew })

  if (!may('admin')) return <Forbidden needed="admin" />
  if (tokens === undefined)
    return error === null ? <Skeleton height={160} /> : <Failure error={error} retry={() => void refetch()} />
  return (
    <>
      <p className={classes.lead}>{t('tokens.lead')}</p>
      <div className={classes.card}>
        {tokens.length === 0 ? (
          <Notice compact title={t('tokens.empty')} />
        ) : (
          <div className={classes.scroll}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">{t('tokens.name')}</th>
                  <th scope="col">{t('tokens.scope')}</th>
                  <th scope="col">{t('users.role')}</th>
                  <th scope="col">{t('tokens.expires')}</th>
                  <th scope="col">{t('tokens.lastUsed')}</th>
                  <th scope="col">
                    <span className="sr-only">{t('action.delete')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {tokens.map(token => (
                  <tr key={token.id}>
                    <td>{token.name}</td>
                    <td>{t(`tokens.scope.${token.scope}.short`)}</td>
                    <td>{t(`role.${token.role}`)}</td>
                    <td className={classes.muted}>
                      {token.expiresAt === null
                        ? t('users.never')
                        : token.expiresAt < live.now()
                          ? t('tokens.expired')
                          : dateTimeText(token.expiresAt, zone)}
                    </td>
                    <td className={classes.muted}>
                      {token.lastUsedAt === null ? t('users.never') : dateTimeText(token.lastUsedAt, zone)}
                    </td>
                    <td>
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t('tokens.remove', { name: token.name })}
                        onClick={() => setRemoving(token)}
                      >
                        {t('action.delete')}
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {remove.error !== null && <FormError message={remove.error.message} />}
      <AddToken
        onAdded={token => {
          setSecret(token)
          void renew()
        }}
      />
      {secret !== null && <Secret token={secret} onClose={() => setSecret(null)} />}
      {removing !== null && (
        <Confirm
          title={t('tokens.remove.title', { name: removing.name })}
          body={t('tokens.remove.body')}
          action={t('tokens.remove', { name: removing.name })}
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

function Secret({ token, onClose }: { token: string; onClose: () => void }) {
  const { t } = useApp()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(token)
    setCopied(true)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('tokens.once.title')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p>{t('tokens.once.body')}</p>
      <p className={classes.secret}>{token}</p>
      <div className={classes.buttons}>
        <Button size="xs" variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
        {/* Copying needs a secure context; elsewhere the text is there to be selected. */}
        {navigator.clipboard !== undefined && (
          <Button size="xs" onClick={() => void copy()} data-autofocus>
            {copied ? t('action.copied') : t('action.copy')}
          </Button>
        )}
      </div>
    </Modal>
  )
}

function AddToken({ onAdded }: { onAdded: (token: string) => void }) {
  const { t } = useApp()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Token['scope']>('api')
  const [role, setRole] = useState<Role>('viewer')
  const [days, setDays] = useState(90)
  const add = useMutation({
    mutationFn: () => addToken({ name: name.trim(), role, scope, expiresInDays: days }),
    onSuccess: ({ token }) => {
      setName('')
      onAdded(token)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  const combobox = { transitionProps: { duration: 0 } }
  return (
    <div className={classes.card}>
      <h2>{t('tokens.add')}</h2>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          size="xs"
          label={t('tokens.name')}
          placeholder={t('tokens.name.hint')}
          required
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t('tokens.scope')}
          allowDeselect={false}
          value={scope}
          onChange={value => value !== null && setScope(value as Token['scope'])}
          comboboxProps={combobox}
          data={(['api', 'ingest'] as const).map(value => ({ value, label: t(`tokens.scope.${value}`) }))}
        />
        <Select
          size="xs"
          label={t('users.role')}
          allowDeselect={false}
          value={role}
          onChange={value => value !== null && setRole(value as Role)}
          comboboxProps={combobox}
          data={ROLES.map(value => ({ value, label: t(`role.${value}`) }))}
        />
        <Select
          size="xs"
          label={t('tokens.expiresIn')}
          allowDeselect={false}
          value={`${days}`}
          onChange={value => value !== null && setDays(Number(value))}
          comboboxProps={combobox}
          data={VALID_DAYS.map(n => ({ value: `${n}`, label: t('tokens.days', { n }) }))}
        />
        <Button type="submit" size="xs" loading={add.isPending}>
          {t('tokens.add')}
        </Button>
        {add.error !== null && (
          <div className={classes.wide}>
            <FormError message={add.error.message} />
          </div>
        )}
      </form>
    </div>
  )
}
