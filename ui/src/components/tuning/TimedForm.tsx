import { Button, Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { applyFor, type WantedKnob } from '../../api/tuning'
import { useApp } from '../app'
import { FormError } from '../FormError'
import classes from './Tuning.module.css'

const MINUTES = [1, 5, 10, 30, 60]
const SECONDS = 60

/** Turns a knob for some minutes, then opens its page. */
export function TimedForm({ wanted, onBack }: { wanted: WantedKnob; onBack: () => void }) {
  const { t } = useApp()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [minutes, setMinutes] = useState(10)
  const apply = useMutation({
    mutationFn: () => applyFor(wanted, minutes * SECONDS),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['tuning'] })
      void navigate({
        to: '/tuning/changes/$id',
        params: { id },
        search: ((old: object) => ({ ...old, host: wanted.host })) as never,
      })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    apply.mutate()
  }
  return (
    <form className={classes.stack} onSubmit={submit}>
      <p>{t('tuning.timed.what')}</p>
      <Select
        size="xs"
        label={t('tuning.timed.minutes')}
        allowDeselect={false}
        value={`${minutes}`}
        onChange={value => value !== null && setMinutes(Number(value))}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        data={MINUTES.map(n => ({ value: `${n}`, label: t('tuning.minutes', { n }) }))}
      />
      <FormError message={apply.error?.message ?? null} />
      <div className={classes.buttons}>
        <Button variant="default" size="xs" onClick={onBack}>
          {t('action.back')}
        </Button>
        <Button type="submit" size="xs" loading={apply.isPending}>
          {t('tuning.timed.do', { n: minutes })}
        </Button>
      </div>
    </form>
  )
}
