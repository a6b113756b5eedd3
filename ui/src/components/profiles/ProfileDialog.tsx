import { Button, Modal, Select } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import type { HostFinding } from '../../api/findings'
import type { Host } from '../../api/hosts'
import type { ProcessSnapshot } from '../../api/processes'
import { PROFILE_KINDS, type ProfileKind, startProfile } from '../../api/profiles'
import { useApp } from '../app'
import { FormError } from '../FormError'
import classes from '../Page.module.css'

const LENGTHS = [10, 30, 60] as const

/** Asks what to record of a process and for how long, and leads to the profile. */
export function ProfileDialog({
  host,
  pid,
  comm,
  finding = '',
  onClose,
}: {
  host: string
  pid: number
  comm: string
  finding?: string
  onClose: () => void
}) {
  const { t } = useApp()
  const navigate = useNavigate()
  const [kind, setKind] = useState<ProfileKind>('cpu')
  const [seconds, setSeconds] = useState<number>(LENGTHS[1])
  const start = useMutation({
    mutationFn: () => startProfile({ host, pid, process: comm, kind, seconds, finding }),
    onSuccess: ({ id }) => void navigate({ to: '/profiles/$id', params: { id } }),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('profile.of', { process: comm, pid })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          start.mutate()
        }}
      >
        <Select
          label={t('profile.kind')}
          allowDeselect={false}
          data={PROFILE_KINDS.map(value => ({ value, label: t(`profile.kind.${value}`) }))}
          value={kind}
          onChange={value => setKind(PROFILE_KINDS.find(one => one === value) ?? 'cpu')}
        />
        <Select
          label={t('profile.seconds')}
          allowDeselect={false}
          data={LENGTHS.map(n => ({ value: String(n), label: `${n} s` }))}
          value={String(seconds)}
          onChange={value => setSeconds(Number(value))}
        />
        <p className={classes.hint}>{t('profile.cost')}</p>
        {start.error !== null && <FormError message={start.error.message} />}
        <div className={classes.buttons}>
          <Button type="submit" size="xs" loading={start.isPending}>
            {t('profile.start')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** One click from a finding to its culprit: the busiest process of that name which runs now. */
export function ProfileCulprit({ one }: { one: HostFinding }) {
  const { t, may } = useApp()
  const culprit = one.finding.culprit
  const find = useMutation({
    mutationFn: async () => {
      const { hosts } = await call<{ hosts: Host[] }>('GET', '/hosts')
      const host = hosts.find(({ name }) => name === one.host)
      const running =
        host === undefined
          ? []
          : (await call<ProcessSnapshot>('GET', `/hosts/${encodeURIComponent(host.id)}/processes`)).processes
      const found = running
        .filter(({ comm }) => comm === culprit?.process)
        .sort((a, b) => (b.cpuCores ?? 0) - (a.cpuCores ?? 0))[0]
      if (host === undefined || found === undefined) throw new Error(t('profile.culprit.gone'))
      return { host: host.id, pid: found.pid, comm: found.comm }
    },
  })
  if (culprit === null || culprit.process === '' || !may('operator')) return null
  return (
    <>
      <Button size="compact-xs" variant="default" loading={find.isPending} onClick={() => find.mutate()}>
        {t('profile.do')}
      </Button>
      {find.error !== null && <FormError message={find.error.message} />}
      {find.data !== undefined && (
        <ProfileDialog {...find.data} finding={one.id} onClose={() => find.reset()} />
      )}
    </>
  )
}
