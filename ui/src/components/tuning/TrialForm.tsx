import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/client'
import { type Measure, startTrial } from '../../api/tuning'
import { useApp } from '../app'
import { inLanguage } from '../evidence'
import { FormError } from '../FormError'
import { FormRow } from '../FormRow'
import type { Idea } from './ChangeDialog'
import classes from './Tuning.module.css'

const OWN = 'own'
const BLOCK_SECONDS = [10, 20, 30, 60, 120, 300]
const LEAST_SOUGHT = 3
const MOST_SOUGHT = 90
/** Blocks without the change come first, then six pairs at least and twelve at most. */
const NOISE_BLOCKS = 8
const USUAL_SOUGHT = 0.1
const LEAST_BLOCKS = 12
const MOST_BLOCKS = 24
const MINUTE = 60

/** Names the one measure and how much better it should get, starts the trial and opens its page. */
export function TrialForm({
  idea,
  measures,
  pools,
  onBack,
}: {
  idea: Idea
  measures: readonly Measure[]
  /** Where the server is a backend that can be drained. */
  pools: readonly string[]
  onBack: () => void
}) {
  const { t, lang } = useApp()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const offered = idea.measure === null ? measures : [idea.measure, ...measures]
  const [chosen, setChosen] = useState(offered.length === 0 ? OWN : '0')
  const [own, setOwn] = useState('')
  const [lower, setLower] = useState(true)
  const [sought, setSought] = useState(String(Math.round(100 * (idea.sought ?? USUAL_SOUGHT))))
  const [blockSeconds, setBlockSeconds] = useState(20)
  const [drain, setDrain] = useState(false)
  const measure = offered[Number(chosen)] ?? ownMeasure(own, lower)
  const share = Number(sought)
  const isShare = share >= LEAST_SOUGHT && share <= MOST_SOUGHT
  const start = useMutation({
    mutationFn: () =>
      startTrial({
        ...idea.wanted,
        measure,
        sought: share / 100,
        blockSeconds,
        ...(drain ? { drain } : {}),
        ...(idea.finding === undefined ? {} : { finding: idea.finding }),
      }),
    onSuccess: ({ trial }) => {
      void queries.invalidateQueries({ queryKey: ['tuning'] })
      void navigate({ to: '/tuning/changes/$id', params: { id: trial.id }, search: true as never })
    },
  })
  const failed = start.error instanceof ApiError ? start.error.field : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isShare) start.mutate()
  }
  const minutes = (blocks: number) => Math.ceil(((NOISE_BLOCKS + blocks) * blockSeconds) / MINUTE)
  const combobox = { transitionProps: { duration: 0 } }
  return (
    <form className={classes.stack} onSubmit={submit} noValidate>
      <p>{t('tuning.trial.what')}</p>
      <Select
        size="xs"
        label={t('tuning.measure')}
        description={t('tuning.measure.hint')}
        allowDeselect={false}
        value={chosen}
        onChange={value => value !== null && setChosen(value)}
        comboboxProps={combobox}
        data={[
          ...offered.map((one, i) => ({ value: `${i}`, label: inLanguage(one.title, lang) })),
          { value: OWN, label: t('tuning.measure.own') },
        ]}
      />
      {chosen === OWN && (
        <Textarea
          size="xs"
          label={t('rule.expression')}
          description={t('tuning.measure.own.hint')}
          autosize
          minRows={2}
          value={own}
          onChange={event => setOwn(event.currentTarget.value)}
          {...(failed === 'measure.expression' && start.error !== null ? { error: start.error.message } : {})}
        />
      )}
      {chosen === OWN ? (
        <Select
          size="xs"
          label={t('tuning.better')}
          allowDeselect={false}
          value={lower ? 'lower' : 'higher'}
          onChange={value => setLower(value === 'lower')}
          comboboxProps={combobox}
          data={[
            { value: 'lower', label: t('tuning.lowerIsBetter') },
            { value: 'higher', label: t('tuning.higherIsBetter') },
          ]}
        />
      ) : (
        <p className={classes.hint}>
          {t(measure.lowerIsBetter ? 'tuning.lowerIsBetter' : 'tuning.higherIsBetter')}
          {' · '}
          <span className={classes.code}>{measure.expression}</span>
        </p>
      )}
      <FormRow>
        <TextInput
          size="xs"
          label={t('tuning.sought')}
          description={t('tuning.sought.hint')}
          inputMode="decimal"
          value={sought}
          onChange={event => setSought(event.currentTarget.value)}
          error={isShare ? null : t('tuning.sought.range', { least: LEAST_SOUGHT, most: MOST_SOUGHT })}
        />
        <Select
          size="xs"
          w={160}
          label={t('tuning.block')}
          allowDeselect={false}
          value={`${blockSeconds}`}
          onChange={value => value !== null && setBlockSeconds(Number(value))}
          comboboxProps={combobox}
          data={BLOCK_SECONDS.map(n => ({ value: `${n}`, label: `${n} ${t('duration.seconds')}` }))}
        />
      </FormRow>
      {pools.length > 0 && (
        <Checkbox
          size="xs"
          label={t('tuning.drain')}
          description={t('tuning.drain.hint', { pools: pools.join(', ') })}
          checked={drain}
          onChange={event => setDrain(event.currentTarget.checked)}
        />
      )}
      <p className={classes.hint}>
        {t('tuning.trial.takes', { least: minutes(LEAST_BLOCKS), most: minutes(MOST_BLOCKS) })}
      </p>
      <FormError message={start.error?.message ?? null} />
      <div className={classes.buttons}>
        <Button variant="default" size="xs" onClick={onBack}>
          {t('action.back')}
        </Button>
        <Button
          type="submit"
          size="xs"
          loading={start.isPending}
          disabled={chosen === OWN && own.trim() === ''}
        >
          {t('tuning.trial.start')}
        </Button>
      </div>
    </form>
  )
}

/** A measure of one's own is called by its expression. */
const ownMeasure = (expression: string, lowerIsBetter: boolean): Measure => ({
  title: { en: expression.trim(), zh: expression.trim() },
  expression: expression.trim(),
  lowerIsBetter,
  unit: 'count',
  offered: null,
  errors: null,
  p99: null,
})
