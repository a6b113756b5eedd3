import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { addUser, changeRole, removeUser, type User, usersQuery } from '../../api/admin'
import type { Role } from '../../api/session'
import { useApp } from '../../components/app'
import { Confirm } from '../../components/Confirm'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import { Password } from '../../components/Password'
import { Forbidden } from '../../components/States'
import { ActionsCell, MutedCell, Table } from '../../components/Table'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

export function Users() {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const query = useQuery({ ...usersQuery, enabled: may('admin') })
  const [removing, setRemoving] = useState<string | null>(null)
  const renew = () => queries.invalidateQueries({ queryKey: usersQuery.queryKey })
  const remove = useMutation({ mutationFn: removeUser, onSuccess: renew })
  const role = useMutation({
    mutationFn: ({ name, next }: { name: string; next: Role }) => changeRole(name, next),
    onSettled: renew,
  })

  if (!may('admin')) return <Forbidden needed="admin" />
  const problem = remove.error ?? role.error
  return (
    <>
      <p className={classes.lead}>
        {ROLES.map(one => `${t(`role.${one}`)}: ${t(`role.${one}.hint`)}`).join(' · ')}
      </p>
      <div className={classes.card}>
        <Loaded query={query} height={160} needed="admin">
          {users => (
            <UserTable
              users={users}
              onRole={(name, next) => role.mutate({ name, next })}
              onRemove={setRemoving}
            />
          )}
        </Loaded>
      </div>
      {problem !== null && <FormError message={problem.message} />}
      <AddUser onAdded={() => void renew()} />
      {removing !== null && (
        <Confirm
          title={t('users.remove.title', { name: removing })}
          body={t('users.remove.body')}
          action={t('users.remove', { name: removing })}
          onClose={() => setRemoving(null)}
          onConfirm={() => {
            remove.mutate(removing)
            setRemoving(null)
          }}
        />
      )}
    </>
  )
}

function UserTable({
  users,
  onRole,
  onRemove,
}: {
  users: readonly User[]
  onRole: (name: string, next: Role) => void
  onRemove: (name: string) => void
}) {
  const { t, zone, session } = useApp()
  return (
    <Table
      label={t('settings.users')}
      columns={[
        t('users.name'),
        t('users.role'),
        t('users.created'),
        t('users.lastLogin'),
        { actions: t('action.delete') },
      ]}
    >
      {users.map(user => {
        const self = user.name === session?.user?.name
        return (
          <tr key={user.name}>
            <td>
              {user.name} {self && <span className={classes.muted}>({t('users.you')})</span>}
            </td>
            <td>
              <Select
                size="xs"
                w={136}
                aria-label={`${t('users.role')}: ${user.name}`}
                allowDeselect={false}
                disabled={self}
                value={user.role}
                onChange={next => next !== null && onRole(user.name, next as Role)}
                comboboxProps={{ transitionProps: { duration: 0 } }}
                data={ROLES.map(value => ({ value, label: t(`role.${value}`) }))}
              />
            </td>
            <MutedCell>{dateTimeText(user.createdAt, zone)}</MutedCell>
            <MutedCell>
              {user.lastLoginAt === null ? t('users.never') : dateTimeText(user.lastLoginAt, zone)}
            </MutedCell>
            <ActionsCell>
              {!self && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('users.remove', { name: user.name })}
                  onClick={() => onRemove(user.name)}
                >
                  {t('action.delete')}
                </Button>
              )}
            </ActionsCell>
          </tr>
        )
      })}
    </Table>
  )
}

function AddUser({ onAdded }: { onAdded: () => void }) {
  const { t } = useApp()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const add = useMutation({
    mutationFn: () => addUser(name.trim(), password, role),
    onSuccess: () => {
      setName('')
      setPassword('')
      onAdded()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <div className={classes.card}>
      <h2>{t('users.add')}</h2>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          size="xs"
          label={t('users.name')}
          required
          autoComplete="off"
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Password
          size="xs"
          label={t('users.initialPassword')}
          required
          minLength={12}
          autoComplete="new-password"
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t('users.role')}
          allowDeselect={false}
          value={role}
          onChange={next => next !== null && setRole(next as Role)}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          data={ROLES.map(value => ({ value, label: t(`role.${value}`) }))}
        />
        <Button type="submit" size="xs" loading={add.isPending}>
          {t('users.add')}
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
