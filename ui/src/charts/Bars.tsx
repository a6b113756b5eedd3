import { useState } from 'react'
import type { Host } from '../api/hosts'
import { useApp } from '../components/app'
import { Skeleton } from '../components/States'
import { useOnScreen } from '../components/useOnScreen'
import { bindInstance } from '../lib/labels'
import { formatText } from '../lib/units'
import classes from './Bars.module.css'
import { PanelFrame } from './PanelCard'
import { EmptyPanel } from './PanelStates'
import type { Panel } from './panels'
import { useModel } from './useModel'

export interface Bar {
  readonly key: string
  readonly name: string
  readonly value: number
  readonly text: string
  /** Where the value stands between 0 and 1. */
  readonly share: number
  readonly over: boolean
}

/** Ranked values as bars, each with its number; a tick marks the threshold. */
export function BarList({
  bars,
  threshold,
  label,
}: {
  bars: readonly Bar[]
  threshold?: number
  label: string
}) {
  return (
    <ul className={classes.list} aria-label={label}>
      {bars.map(bar => (
        <li key={bar.key} className={classes.row} data-over={bar.over || undefined}>
          <span className={classes.name} title={bar.name}>
            {bar.name}
          </span>
          <span className={classes.value}>
            {bar.over && <span aria-hidden="true">▲ </span>}
            {bar.text}
          </span>
          <span className={classes.track}>
            <span
              className={classes.fill}
              style={{ width: `${100 * Math.max(0, Math.min(1, bar.share))}%` }}
            />
            {threshold !== undefined && (
              <span className={classes.tick} style={{ left: `${100 * threshold}%` }} />
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

const POINTS = 60
const SHOWN = 10

/** The newest values of a panel, largest first. */
export function BarsPanel({ panel, host }: { panel: Panel; host: Host }) {
  const { t } = useApp()
  const [box, visible] = useOnScreen<HTMLDivElement>()
  const { data, model } = useModel(panel, host, POINTS, visible)
  const [all, setAll] = useState(false)

  const values = (model?.series ?? [])
    .flatMap(({ key, name, stats }) => (stats.last === null ? [] : [{ key, name, value: stats.last }]))
    .sort((a, b) => b.value - a.value)
  const top = panel.max ?? Math.max(...values.map(({ value }) => value), Number.MIN_VALUE)
  const { threshold } = panel
  const bars = values.slice(0, all ? undefined : SHOWN).map(({ key, name, value }) => ({
    key,
    name,
    value,
    text: formatText(value, panel.unit),
    share: value / top,
    over: threshold !== undefined && value >= threshold,
  }))
  const failed = data.answer?.results.find(result => result.error !== null)?.error ?? null

  return (
    <PanelFrame
      panel={panel}
      table={all}
      {...(values.length > SHOWN ? { onTable: setAll } : {})}
      expressions={panel.queries.map(({ expr }) => bindInstance(expr, host.name))}
    >
      <div ref={box} className={classes.body}>
        {data.answer === undefined && data.error === null && <Skeleton height={120} />}
        {bars.length > 0 && (
          <BarList
            bars={bars}
            label={t(panel.title)}
            {...(threshold === undefined ? {} : { threshold: threshold / top })}
          />
        )}
        {bars.length === 0 && (data.answer !== undefined || data.error !== null) && (
          <EmptyPanel panel={panel} host={host} error={data.error} failed={failed} retry={data.retry} />
        )}
      </div>
    </PanelFrame>
  )
}
