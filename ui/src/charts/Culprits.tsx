import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Host } from '../api/hosts'
import { type Process, processesQuery } from '../api/processes'
import { useApp } from '../components/app'
import { type Culprit, pickingEnd, pointedMoment } from '../components/cursor'
import { Icon } from '../components/icons'
import { Failure, Notice, Skeleton } from '../components/States'
import { useTime } from '../components/time'
import { clockText } from '../lib/time'
import { formatText, type Unit } from '../lib/units'
import { BarList } from './Bars'
import classes from './Culprits.module.css'

const SETTLE_MILLIS = 150
const SHOWN = 8
const ASKED = 200

/** What makes a process stand out, and how it is written. */
export const MEASURES: Record<
  Culprit,
  { readonly unit: Unit; readonly of: (process: Process) => number | null }
> = {
  cpu: { unit: 'cores', of: process => process.cpuCores },
  memory: { unit: 'bytes', of: process => process.residentBytes },
  io: {
    unit: 'bytesPerSecond',
    of: ({ readBytesPerSecond, writtenBytesPerSecond }) =>
      readBytesPerSecond === null && writtenBytesPerSecond === null
        ? null
        : (readBytesPerSecond ?? 0) + (writtenBytesPerSecond ?? 0),
  },
}

/** Cores of CPU read better in percent of one: 0.25 cores are 25 %. */
export function measureText(process: Process, by: Culprit): string {
  const value = MEASURES[by].of(process)
  return by === 'cpu'
    ? formatText(value === null ? null : 100 * value, 'percent')
    : formatText(value, MEASURES[by].unit)
}

/** The moment under the pointer, once the pointer has come to rest there. */
function usePointed() {
  const pointed = useSyncExternalStore(pointedMoment.watch, pointedMoment.get)
  const [settled, setSettled] = useState(pointed)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(pointed), SETTLE_MILLIS)
    return () => clearTimeout(timer)
  }, [pointed])
  return settled
}

/** The processes that were on top at the moment under the cursor, at the pinned one, or now. */
export function Culprits({ host, initial = 'cpu' }: { host: Host; initial?: Culprit }) {
  const { t, zone, duration } = useApp()
  const time = useTime()
  const pointed = usePointed()
  const picking = useSyncExternalStore(pickingEnd.watch, pickingEnd.get)
  const [chosen, setChosen] = useState<Culprit>(initial)
  const by = pointed?.by ?? chosen
  const at = pointed?.at ?? time.pinned ?? (time.live ? null : time.interval().to)
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...processesQuery(host.id, at === null ? null : Math.floor(at / 1000) * 1000, ASKED),
    placeholderData: previous => previous,
  })

  const ranked = (data?.processes ?? [])
    .flatMap(process => {
      const value = MEASURES[by].of(process)
      return value === null || value <= 0 ? [] : [{ process, value }]
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, SHOWN)
  const top = ranked[0]?.value ?? 1
  const when = at === null ? t('process.now') : t('process.at', { time: clockText(at, zone) })

  return (
    <section className={classes.card} aria-label={t('process.top')} data-panel="culprits">
      <header className={classes.header}>
        <h2>{t('process.top')}</h2>
        <span className={classes.when} data-moment={at === null ? undefined : ''}>
          {when}
        </span>
      </header>
      {time.pinned !== null && (
        <div className={classes.pin}>
          <Icon name="pin" size={14} />
          <span>
            {picking ? t('chart.zoomPick') : t('chart.pinned', { time: clockText(time.pinned, zone) })}
          </span>
          {!picking && (
            <Button size="compact-xs" variant="default" onClick={() => pickingEnd.set(true)}>
              {t('chart.zoomFromPin')}
            </Button>
          )}
          <ActionIcon
            variant="subtle"
            size={24}
            aria-label={t('chart.unpin')}
            onClick={() => {
              pickingEnd.set(false)
              time.pin(null)
            }}
          >
            <Icon name="close" size={14} />
          </ActionIcon>
        </div>
      )}
      <SegmentedControl
        className={classes.by}
        size="xs"
        fullWidth
        aria-label={t('process.by.label')}
        value={by}
        onChange={value => setChosen(value as Culprit)}
        data={(['cpu', 'memory', 'io'] as const).map(value => ({ value, label: t(`process.by.${value}`) }))}
      />
      <div className={classes.body} data-fading={isPlaceholderData || undefined}>
        {data === undefined && error === null && <Skeleton height={200} />}
        {data === undefined && error !== null && (
          <Failure error={error} retry={() => void refetch()} needed="viewer" />
        )}
        {data !== undefined && data.at === null && (
          <Notice compact title={t('process.none.title')}>
            {data.reason}
          </Notice>
        )}
        {data !== undefined && data.at !== null && ranked.length === 0 && (
          <Notice compact title={t('chart.empty.bars')} />
        )}
        {ranked.length > 0 && (
          <BarList
            label={`${t('process.top')}, ${t(`process.by.${by}`)}, ${when}`}
            bars={ranked.map(({ process, value }) => ({
              key: `${process.pid}`,
              name: `${process.comm} · ${process.pid}${process.unit === null ? '' : ` · ${process.unit}`}`,
              value,
              text: measureText(process, by),
              share: value / top,
              over: false,
            }))}
          />
        )}
      </div>
      <footer className={classes.footer}>
        {data?.at !== null && data?.at !== undefined && (
          <p>
            {t('process.snapshot', { time: clockText(data.at, zone), period: duration(data.periodMillis) })}
          </p>
        )}
        <p>{t('process.hint')}</p>
      </footer>
    </section>
  )
}
