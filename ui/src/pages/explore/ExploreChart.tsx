import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ChartAnswer } from '../../api/chart'
import { Legend, type LegendHandle } from '../../charts/Legend'
import { chartModel } from '../../charts/model'
import type { Panel } from '../../charts/panels'
import { createPlot, type Plot } from '../../charts/plot'
import { seriesSentence } from '../../charts/sentence'
import { useApp } from '../../components/app'
import { useTime } from '../../components/time'
import { useWidth } from '../../components/useWidth'
import { type Interval, zoomTo } from '../../lib/range'
import classes from './Explore.module.css'
import { nameOf } from './result'
import { letterOf } from './state'

const HEIGHT = 320
const NONE: ReadonlySet<string> = new Set()

/** The series over time; drag zooms, double-click returns, a click in the legend isolates. */
export function ExploreChart({ panel, answer, view }: { panel: Panel; answer: ChartAnswer; view: Interval }) {
  const { t, theme, zone } = useApp()
  const time = useTime()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const element = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const legend = useRef<LegendHandle>(null)
  const [isolated, setIsolated] = useState(NONE)

  const [model, entries] = useMemo(() => {
    const of = (keys: ReadonlySet<string>) => {
      const made = chartModel({
        panel,
        answer,
        compared: null,
        compareMillis: 0,
        rings: new Map(),
        periodMillis: answer.resolutionMillis,
        until: null,
        isolated: keys,
        t,
      })
      const several = panel.queries.length > 1
      const series = made.series.map(one => ({
        ...one,
        name: nameOf(one.labels, several ? (one.key.split(':')[0] ?? letterOf(0)) : null),
      }))
      return { ...made, series }
    }
    const all = of(NONE)
    return [isolated.size === 0 ? all : of(isolated), all.series]
  }, [panel, answer, isolated, t])

  const handlers = useRef(time)
  handlers.current = time
  const { kind, unit } = panel
  const stacked = kind === 'stacked' && model.series.length > 1
  const signature = model.series.map(({ key, slot }) => `${key}/${slot}`).join('|')

  // biome-ignore lint/correctness/useExhaustiveDependencies: the series are in the signature; data comes below.
  useEffect(() => {
    const parent = element.current
    if (parent === null || width === 0) return
    const made = createPlot(
      parent,
      {
        series: model.series,
        stacked,
        bands: false,
        compared: false,
        unit,
        max: undefined,
        threshold: undefined,
        theme,
        zone,
        width,
        height: HEIGHT,
      },
      {
        onCursor: index => legend.current?.showRow(index),
        onHover: () => undefined,
        onSelect: (from, to) => handlers.current.zoom(zoomTo(from, to)),
        onClick: () => undefined,
        onDoubleClick: () => handlers.current.zoomBack(),
      },
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
  }, [signature, stacked, unit, theme, zone, width === 0])

  useLayoutEffect(() => {
    if (width > 0) plot.current?.setSize(width, HEIGHT)
  }, [width])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot wants its data too.
  useEffect(() => {
    plot.current?.setData({
      times: model.times,
      values: model.drawn,
      min: [],
      max: [],
      compared: [],
      silences: [],
      marks: [],
      view,
    })
  }, [model, view, signature, stacked, unit, theme, zone, width === 0])

  const title = t('explore.result')
  return (
    <>
      <div ref={box} className={classes.chart} style={{ height: HEIGHT }}>
        <div ref={element} role="img" aria-label={seriesSentence(title, model, unit, view, zone, t)} />
      </div>
      <Legend
        title={title}
        model={model}
        entries={entries}
        unit={unit}
        compare={false}
        isolated={isolated}
        onIsolate={setIsolated}
        handle={legend}
      />
      {model.omitted > 0 && <p className={classes.note}>{t('chart.omitted', { n: model.omitted })}</p>}
    </>
  )
}
