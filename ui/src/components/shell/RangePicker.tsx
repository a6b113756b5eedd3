import { Button, Popover, Select, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import {
  canonical,
  isLive,
  PRESETS,
  parseRange,
  presetOf,
  rangeText,
  resolve,
  shift,
  zoomOut,
} from '../../lib/range'
import { dateTimeText, zoneName } from '../../lib/time'
import { useApp } from '../app'
import { viewClock } from '../clock'
import { Icon } from '../icons'
import { useTime } from '../time'
import { openRangePicker } from './Keyboard'
import classes from './RangePicker.module.css'

const COMPARISONS = ['1h', '1d', '7d'] as const

/** The page's time range: presets, two bounds, or free text; also comparison and steps through time. */
export function RangePicker() {
  const { t, zone } = useApp()
  const time = useTime()
  const [opened, setOpened] = useState(false)
  useEffect(() => openRangePicker.watch(() => setOpened(true)), [])
  const now = viewClock.now()
  const words = useRangeWords()

  const step = (direction: -1 | 1) => time.setRange(shift(time.range, direction, viewClock.now(), zone))

  return (
    <div className={classes.picker}>
      <button
        type="button"
        className={classes.side}
        aria-label={t('range.earlier')}
        title={`${t('range.earlier')}  [`}
        onClick={() => step(-1)}
      >
        <Icon name="left" />
      </button>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-end"
        shadow="none"
        trapFocus
        returnFocus
        transitionProps={{ duration: 0 }}
      >
        <Popover.Target>
          <button
            type="button"
            className={classes.target}
            aria-haspopup="dialog"
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          >
            <Icon name="clock" size={14} />
            <span className={classes.text}>{words}</span>
            {time.compare !== undefined && <span className={classes.compare}>Δ {time.compare}</span>}
          </button>
        </Popover.Target>
        <Popover.Dropdown className={classes.dropdown} aria-label={t('range.label')}>
          <ul className={classes.presets} aria-label={t('range.presets')}>
            {PRESETS.map(preset => (
              <li key={preset}>
                <button
                  type="button"
                  className={classes.preset}
                  aria-pressed={presetOf(time.range) === preset}
                  onClick={() => {
                    time.setRange({ from: `now-${preset}`, to: 'now' })
                    setOpened(false)
                  }}
                >
                  {presetText(preset, t)}
                </button>
              </li>
            ))}
          </ul>
          <div className={classes.custom}>
            <Bounds key={`${time.range.from}/${time.range.to}`} now={now} onDone={() => setOpened(false)} />
            <Select
              label={t('range.compare')}
              size="xs"
              allowDeselect={false}
              comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
              value={time.compare ?? ''}
              onChange={value => time.setCompare(value === '' || value === null ? undefined : value)}
              data={[
                { value: '', label: t('range.compare.none') },
                ...COMPARISONS.map(value => ({ value, label: t(`range.compare.${value}`) })),
              ]}
            />
            <p className={classes.zone}>{t('range.zone', { zone: zoneName(zone) })}</p>
          </div>
        </Popover.Dropdown>
      </Popover>
      <button
        type="button"
        className={classes.side}
        aria-label={t('range.later')}
        title={`${t('range.later')}  ]`}
        disabled={isLive(time.range)}
        onClick={() => step(1)}
      >
        <Icon name="right" />
      </button>
      <button
        type="button"
        className={`${classes.side} ${classes.out}`}
        aria-label={t('range.zoomOut')}
        title={`${t('range.zoomOut')}  -`}
        onClick={() => time.setRange(zoomOut(time.range, viewClock.now(), zone))}
      >
        <Icon name="zoomOut" />
      </button>
    </div>
  )
}

function useRangeWords(): string {
  const { t, zone } = useApp()
  const { range } = useTime()
  const preset = presetOf(range)
  return preset === null ? rangeText(range, viewClock.now(), zone, t('range.now')) : presetText(preset, t)
}

function presetText(preset: string, t: ReturnType<typeof useApp>['t']): string {
  const [, n = preset, unit] = /^(\d+)([smhdw])$/.exec(preset) ?? []
  switch (unit) {
    case 's':
      return t('range.last.s', { n })
    case 'm':
      return t('range.last.m', { n })
    case 'h':
      return t('range.last.h', { n })
    case 'd':
      return t('range.last.d', { n })
    case 'w':
      return t('range.last.w', { n })
    default:
      return t('range.last.other', { n })
  }
}

function Bounds({ now, onDone }: { now: number; onDone: () => void }) {
  const { t, zone } = useApp()
  const { range, setRange } = useTime()
  const written = (bound: string) => (/^\d+$/.test(bound) ? dateTimeText(Number(bound), zone) : bound)
  const [from, setFrom] = useState(written(range.from))
  const [to, setTo] = useState(written(range.to))
  const [free, setFree] = useState('')
  const [error, setError] = useState<'free' | 'bounds' | null>(null)

  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (free.trim() !== '') {
      const parsed = parseRange(free, now, zone)
      if (parsed === null) {
        setError('free')
        return
      }
      setRange(parsed)
    } else {
      const bounds = { from: canonical(from, now, zone), to: canonical(to, now, zone) }
      if (resolve(bounds, now, zone) === null) {
        setError('bounds')
        return
      }
      setRange(bounds)
    }
    onDone()
  }

  return (
    <form onSubmit={apply} className={classes.form}>
      <TextInput
        size="xs"
        label={t('range.free')}
        description={t('range.free.hint')}
        value={free}
        data-autofocus
        error={error === 'free' ? t('range.invalid') : undefined}
        onChange={event => setFree(event.currentTarget.value)}
      />
      <div className={classes.pair}>
        <TextInput
          size="xs"
          label={t('range.from')}
          value={from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t('range.to')}
          value={to}
          onChange={event => setTo(event.currentTarget.value)}
        />
      </div>
      {error === 'bounds' && (
        <p className={classes.error} role="alert">
          {t('range.invalidOrder')}
        </p>
      )}
      <Button type="submit" size="xs" fullWidth>
        {t('action.apply')}
      </Button>
    </form>
  )
}
