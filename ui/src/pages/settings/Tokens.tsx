import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { addToken, removeToken, type Token, tokensQuery } from '../../api/admin'
import { live } from '../../api/live'
import type { Role } from '../../api/session'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { CopyButton } from '../../components/CopyButton'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import { Forbidden, Notice } from '../../components/States'
import { ActionsCell, MutedCell, Table } from '../../components/Table'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']
const VALID_DAYS = [7, 30, 90, 365] as const

export function Tokens() {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const query = useQuery({ ...tokensQuery, enabled: may('admin') })
  const [removing, setRemoving] = useState<Token | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const renew = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  const remove = useMutation({ mutationFn: removeToken, onSuccess: renew })

  if (!may('admin')) return <Forbidden needed="admin" />
  return (
    <>
      <p className={classes.lead}>{t('tokens.lead')}</p>
      <div className={classes.card}>
        <Loaded query={query} height={160} needed="admin">
          {tokens => <TokenTable tokens={tokens} onRemove={setRemoving} />}
        </Loaded>
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

function TokenTable({ tokens, onRemove }: { tokens: readonly Token[]; onRemove: (token: Token) => void }) {
  const { t, zone } = useApp()
  if (tokens.length === 0) return <Notice compact title={t('tokens.empty')} />
  return (
    <Table
      label={t('settings.tokens')}
      columns={[
        t('tokens.name'),
        t('tokens.scope'),
        t('users.role'),
        t('tokens.expires'),
        t('tokens.lastUsed'),
        { actions: t('action.delete') },
      ]}
    >
      {tokens.map(token => (
        <tr key={token.id}>
          <td>{token.name}</td>
          <td>{t(`tokens.scope.${token.scope}.short`)}</td>
          <td>{t(`role.${token.role}`)}</td>
          <MutedCell>
            {token.expiresAt === null
              ? t('users.never')
              : token.expiresAt < live.now()
                ? t('tokens.expired')
                : dateTimeText(token.expiresAt, zone)}
          </MutedCell>
          <MutedCell>
            {token.lastUsedAt === null ? t('users.never') : dateTimeText(token.lastUsedAt, zone)}
          </MutedCell>
          <ActionsCell>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={t('tokens.remove', { name: token.name })}
              onClick={() => onRemove(token)}
            >
              {t('action.delete')}
            </Button>
          </ActionsCell>
        </tr>
      ))}
    </Table>
  )
}

function Secret({ token, onClose }: { token: string; onClose: () => void }) {
  const { t } = useApp()
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
        <CopyButton text={token} autoFocus />
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
          data={(['api', 'ingest', 'gateway'] as const).map(value => ({
            value,
            label: t(`tokens.scope.${value}`),
          }))}
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
