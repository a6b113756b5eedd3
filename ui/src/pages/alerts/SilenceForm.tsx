import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/client'
import { addSilence, type LabelMatcher, type Schedule, silencesQuery } from '../../api/incidents'
import { useApp } from '../../components/app'
import { Check } from '../../components/Check'
import { FormError } from '../../components/FormError'
import { FormRow } from '../../components/FormRow'
import classes from '../../components/Page.module.css'
import { parseMoment } from '../../lib/range'
import { dateTimeText, zoneName } from '../../lib/time'
import { DAYS, matchersText, parseMatchers } from './words'

const HOUR = 3_600_000

/** Enters a silence or a maintenance window: once, or each week. */
export function SilenceForm({
  matchers,
  onClose,
}: {
  matchers: readonly LabelMatcher[]
  onClose: () => void
}) {
  const { t, zone } = useApp()
  const queries = useQueryClient()
  const [text, setText] = useState(matchersText(matchers))
  const [comment, setComment] = useState('')
  const [maintenance, setMaintenance] = useState(false)
  const [schedule, setSchedule] = useState<Schedule | null>(() => {
    const now = Date.now()
    return { startsAt: now, endsAt: now + 2 * HOUR, days: [], from: null, minutes: 0, zone: null }
  })
  const [wrong, setWrong] = useState<{ field: string; message: string } | null>(null)
  const save = useMutation({
    mutationFn: addSilence,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: silencesQuery.queryKey })
      onClose()
    },
  })
  const refused =
    save.error instanceof ApiError ? { field: save.error.field ?? '', message: save.error.message } : null
  const failure = wrong ?? refused
  const errorOf = (field: string) => (failure?.field === field ? { error: failure.message } : {})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = parseMatchers(text)
    if (parsed === null) setWrong({ field: 'matchers', message: t('silence.matchers.wrong') })
    else if (schedule === null) setWrong({ field: 'schedule', message: t('schedule.wrong') })
    else {
      setWrong(null)
      save.mutate({ matchers: parsed, schedule, maintenance, comment })
    }
  }
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={t('silence.add')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.stack} onSubmit={submit} noValidate>
        <Textarea
          size="xs"
          label={t('silence.matchers')}
          description={t('silence.matchers.hint')}
          autosize
          minRows={2}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          {...errorOf('matchers')}
        />
        <ScheduleFields zone={zone} onChange={setSchedule} />
        {failure?.field === 'schedule' && <FormError message={failure.message} />}
        <Check label={t('silence.maintenance')} checked={maintenance} onChange={on => setMaintenance(on)} />
        <TextInput
          size="xs"
          label={t('silence.comment')}
          required
          value={comment}
          onChange={event => setComment(event.currentTarget.value)}
          {...errorOf('comment')}
        />
        {save.error !== null && failure?.field === '' && <FormError message={save.error.message} />}
        <div className={classes.buttons}>
          <Button variant="default" size="xs" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" size="xs" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** What a weekly schedule begins with. */
export const usualWeek = (zone: string): Schedule => ({
  startsAt: 0,
  endsAt: null,
  days: ['sat', 'sun'],
  from: '22:00',
  minutes: 8 * 60,
  zone: zoneName(zone),
})

/** When it holds; answers null while what is entered cannot be read. */
export function ScheduleFields({
  zone,
  weekly = false,
  onChange,
}: {
  zone: string
  /** Only each week, as mute times are. */
  weekly?: boolean
  onChange: (schedule: Schedule | null) => void
}) {
  const { t } = useApp()
  const [entered, setEntered] = useState(() => ({
    kind: weekly ? 'weekly' : 'once',
    begin: dateTimeText(Date.now(), zone),
    end: dateTimeText(Date.now() + 2 * HOUR, zone),
    days: ['sat', 'sun'] as readonly string[],
    from: '22:00',
    hours: '8',
    place: zoneName(zone),
  }))
  const change = (part: Partial<typeof entered>) => {
    const next = { ...entered, ...part }
    setEntered(next)
    onChange(read(next, zone))
  }
  return (
    <>
      {!weekly && (
        <Select
          size="xs"
          label={t('schedule.kind')}
          allowDeselect={false}
          value={entered.kind}
          onChange={kind => change({ kind: kind ?? 'once' })}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          data={[
            { value: 'once', label: t('schedule.kind.once') },
            { value: 'weekly', label: t('schedule.kind.weekly') },
          ]}
        />
      )}
      {entered.kind === 'once' ? (
        <FormRow>
          <TextInput
            size="xs"
            label={t('range.from')}
            value={entered.begin}
            onChange={event => change({ begin: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            label={t('range.to')}
            value={entered.end}
            onChange={event => change({ end: event.currentTarget.value })}
          />
        </FormRow>
      ) : (
        <>
          <fieldset className={classes.fieldset}>
            <legend>{t('schedule.days')}</legend>
            <div className={classes.actions}>
              {DAYS.map(day => (
                <Check
                  key={day}
                  label={t(`day.${day}`)}
                  checked={entered.days.includes(day)}
                  onChange={on =>
                    change({
                      days: on ? [...entered.days, day] : entered.days.filter(one => one !== day),
                    })
                  }
                />
              ))}
            </div>
          </fieldset>
          <FormRow>
            <TextInput
              size="xs"
              label={t('schedule.zone')}
              value={entered.place}
              onChange={event => change({ place: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              w={100}
              label={t('schedule.from')}
              value={entered.from}
              onChange={event => change({ from: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              w={100}
              label={t('schedule.hours')}
              inputMode="decimal"
              value={entered.hours}
              onChange={event => change({ hours: event.currentTarget.value })}
            />
          </FormRow>
        </>
      )}
    </>
  )
}

function read(
  entered: {
    kind: string
    begin: string
    end: string
    days: readonly string[]
    from: string
    hours: string
    place: string
  },
  zone: string,
): Schedule | null {
  if (entered.kind === 'once') {
    const startsAt = parseMoment(entered.begin, Date.now(), zone)
    const endsAt = parseMoment(entered.end, Date.now(), zone)
    return startsAt === null || endsAt === null
      ? null
      : { startsAt, endsAt, days: [], from: null, minutes: 0, zone: null }
  }
  const minutes = Math.round(Number(entered.hours) * 60)
  return entered.days.length === 0 || !(minutes > 0)
    ? null
    : { startsAt: 0, endsAt: null, days: entered.days, from: entered.from, minutes, zone: entered.place }
}
