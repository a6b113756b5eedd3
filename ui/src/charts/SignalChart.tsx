import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { type ChartAnswer, readChart } from '../api/chart'
import { useApp } from '../components/app'
import { Notice, Skeleton } from '../components/States'
import { useWidth } from '../components/useWidth'
import { slotColour } from '../lib/colour'
import { fitting, type Labels, seriesName } from '../lib/labels'
import type { Interval } from '../lib/range'
import type { Unit } from '../lib/units'
import { chartModel } from './model'
import type { Panel } from './panels'
import { createPlot } from './plot'
import classes from './SignalChart.module.css'
import { seriesSentence } from './sentence'

const HEIGHT = 180
const POINTS = 600

/** One expression over a time, against a threshold, with stretches marked: in which a rule fired, a change was on. */
export function SignalChart({
  signal,
  unit = 'count',
  labels,
  threshold,
  view,
  ribbon,
  tone = 'bad',
}: {
  signal: string
  unit?: Unit
  /** Only series that have these labels where they have them at all. */
  labels?: Labels
  threshold: number | undefined
  view: Interval
  ribbon: readonly Interval[]
  /** Whether the marked stretches are bad or just to be told apart. */
  tone?: 'bad' | 'plain'
}) {
  const { t, theme, zone } = useApp()
  const { data, error } = useQuery({
    queryKey: ['signal-chart', signal, view.from, view.to],
    queryFn: () => readChart(view.from, view.to, POINTS, [{ id: 'signal', expr: signal }]),
    placeholderData: before => before,
  })
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const element = useRef<HTMLDivElement>(null)

  const model = useMemo(() => {
    if (data === undefined) return null
    const panel: Panel = {
      id: 'alert',
      title: 'alert.chart',
      unit,
      kind: 'line',
      rest: 'omit',
      collector: '',
      queries: [{ id: 'signal', expr: signal, name: '' }],
    }
    return chartModel({
      panel,
      answer: only(data, labels),
      compared: null,
      compareMillis: 0,
      rings: new Map(),
      periodMillis: data.resolutionMillis,
      until: null,
      isolated: new Set(),
      t,
    })
  }, [data, signal, unit, labels, t])

  useEffect(() => {
    const parent = element.current
    if (parent === null || width === 0 || model === null) return
    const plot = createPlot(
      parent,
      {
        series: model.series,
        stacked: false,
        bands: false,
        compared: false,
        unit,
        max: undefined,
        threshold,
        ribbonTone: tone,
        theme,
        zone,
        width,
        height: HEIGHT,
      },
      {
        onCursor: () => undefined,
        onHover: () => undefined,
        onSelect: () => undefined,
        onClick: () => undefined,
        onDoubleClick: () => undefined,
      },
    )
    plot.setData({
      times: model.times,
      values: model.drawn,
      min: [],
      max: [],
      compared: [],
      silences: model.silences,
      marks: [],
      ribbon,
      view,
    })
    return () => plot.destroy()
  }, [model, width, unit, threshold, tone, theme, zone, ribbon, view])

  const failed = error?.message ?? data?.results[0]?.error?.message
  if (failed !== undefined) return <Notice compact title={failed} />
  const empty = model !== null && model.series.length === 0
  return (
    <div>
      <div ref={box} className={classes.chart} style={{ height: HEIGHT }} data-chart>
        {model === null && <Skeleton height={HEIGHT} />}
        {empty ? (
          <Notice title={t('chart.noData.title')} />
        ) : (
          <div
            ref={element}
            role="img"
            aria-label={
              model === null ? t('alert.chart') : seriesSentence(t('alert.chart'), model, unit, view, zone, t)
            }
          />
        )}
      </div>
      {model !== null && !empty && (
        <ul className={classes.legend}>
          {model.series.map(one => (
            <li key={one.key}>
              <svg width="10" height="10" aria-hidden="true">
                <rect width="10" height="10" rx="2" fill={slotColour(one.slot, theme)} />
              </svg>
              {seriesName('', one.labels) || signal}
            </li>
          ))}
          {model.omitted > 0 && <li>{t('chart.omitted', { n: model.omitted })}</li>}
        </ul>
      )}
    </div>
  )
}

function only(answer: ChartAnswer, labels: Labels | undefined): ChartAnswer {
  if (labels === undefined) return answer
  return {
    ...answer,
    results: answer.results.map(one => ({
      ...one,
      series: one.series.filter(s => fitting(s.labels, labels)),
    })),
  }
}
