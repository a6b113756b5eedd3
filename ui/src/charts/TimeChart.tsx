import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { type Host, qualityQuery } from '../api/hosts'
import { type App, useApp } from '../components/app'
import { viewClock } from '../components/clock'
import { pickingEnd, pointedMoment } from '../components/cursor'
import { Skeleton } from '../components/States'
import { useTime } from '../components/time'
import { useOnScreen } from '../components/useOnScreen'
import { useWidth } from '../components/useWidth'
import { slotColour } from '../lib/colour'
import { bindInstance } from '../lib/labels'
import { zoomTo } from '../lib/range'
import { stack, type Value } from '../lib/series'
import { clockText, dateTimeText } from '../lib/time'
import { formatText } from '../lib/units'
import { ChartTable } from './ChartTable'
import { csvText, download } from './csv'
import { drawInNextFrame, forgetDraw } from './frames'
import { Legend, type LegendHandle } from './Legend'
import { drawLive } from './liveDraw'
import { allSeries, type ChartModel, chartModel } from './model'
import { PanelFrame } from './PanelCard'
import { EmptyPanel, StaleNote } from './PanelStates'
import type { Panel } from './panels'
import { createPlot, type Mark, type Plot } from './plot'
import { seriesSentence } from './sentence'
import classes from './TimeChart.module.css'
import { usePanelData } from './usePanelData'

const NONE: ReadonlySet<string> = new Set()
/** More bands than this would hide each other. */
const MOST_BANDS = 3

/** A panel over time: plot, tooltip, legend; live, zoomable, and honest about what is missing. */
export function TimeChart({ panel, host, height = 176 }: { panel: Panel; host: Host; height?: number }) {
  const { t, theme, zone, duration } = useApp()
  const time = useTime()
  const [box, visible] = useOnScreen<HTMLDivElement>()
  const width = useWidth(box)
  // Two points per pixel are as many as a screen can show; hundreds, so that charts of one page ask alike.
  const points = width === 0 ? 0 : Math.min(4000, Math.ceil(width / 50) * 100)
  const data = usePanelData(panel, host, points, visible)
  const [isolated, setIsolated] = useState(NONE)
  const [model, setModel] = useState<ChartModel | null>(null)
  const [entries, setEntries] = useState<ChartModel['series']>([])
  const [table, setTable] = useState(false)

  const plotElement = useRef<HTMLDivElement>(null)
  const tooltip = useRef<HTMLDivElement>(null)
  const legend = useRef<LegendHandle>(null)
  const plot = useRef<{ plot: Plot; signature: string } | null>(null)
  const drawn = useRef<ChartModel | null>(null)

  const { data: quality } = useQuery({
    ...qualityQuery(host.id),
    enabled: panel.signal !== undefined && visible,
  })
  const marks = useMemo<Mark[]>(() => {
    const found: Mark[] = (quality?.suspects ?? [])
      .filter(suspect => suspect.signal === panel.signal)
      .map(({ at }) => ({ at, kind: 'suspect' }))
    if (host.bootedAt !== null) found.push({ at: host.bootedAt, kind: 'boot' })
    if (time.pinned !== null) found.push({ at: time.pinned, kind: 'pin' })
    return found
  }, [quality, panel.signal, host.bootedAt, time.pinned])

  // What the plot's handlers call: always the newest, without making a new plot.
  const handlers = useRef({ time, marks, quality })
  handlers.current = { time, marks, quality }

  const showCursor = useCallback(
    (index: number | null, left: number, top: number, own: boolean) => {
      const current = drawn.current
      legend.current?.showRow(index)
      const element = tooltip.current
      if (element === null) return
      if (current === null || index === null || !own) {
        element.hidden = true
        return
      }
      const at = current.times[index] ?? 0
      if (panel.culprit !== undefined && pointedMoment.get()?.at !== at) {
        pointedMoment.set({ at, by: panel.culprit })
      }
      const rows = current.series.map(one => ({
        name: one.name,
        colour: slotColour(one.slot, theme),
        text: formatText(one.values[index], panel.unit),
      }))
      const reach = current.stepMillis * 3
      const notes = handlers.current.marks.flatMap(({ at: markAt, kind }) => {
        if (Math.abs(markAt - at) > reach) return []
        if (kind === 'boot') return [t('chart.booted')]
        const suspect = handlers.current.quality?.suspects.find(
          one => one.at === markAt && one.signal === panel.signal,
        )
        if (kind !== 'suspect' || suspect === undefined) return []
        const value = suspect.value.toPrecision(3)
        return [t('chart.suspect', { value, median: suspect.median.toPrecision(3) })]
      })
      if (current.silences.some(({ from, to }) => at > from && at < to)) notes.push(t('chart.silent'))
      fillTooltip(element, clockText(at, zone), panel.kind === 'stacked' ? rows.reverse() : rows, notes)
      place(element, left, top)
    },
    [panel, theme, zone, t],
  )

  const draw = useCallback(() => {
    const element = plotElement.current
    const input = data.input(isolated)
    if (element === null || input === null || width === 0) return
    const next = chartModel(input)
    drawn.current = next
    setModel(next)
    setEntries(isolated.size === 0 ? next.series : chartModel({ ...input, isolated: NONE }).series)
    const bands = hasBands(panel, next)
    const compared = next.series.some(one => one.compared !== null)
    const stacked = panel.kind === 'stacked' && next.series.filter(one => !one.limit).length > 1
    const signature = [
      theme,
      zone,
      height,
      bands,
      compared,
      panel.id,
      ...next.series.map(one => `${one.key}/${one.slot}`),
    ].join('|')
    if (plot.current === null || plot.current.signature !== signature) {
      plot.current?.plot.destroy()
      const { max, threshold, unit } = panel
      plot.current = {
        signature,
        plot: createPlot(
          element,
          { series: next.series, stacked, bands, compared, unit, max, threshold, theme, zone, width, height },
          {
            onCursor: showCursor,
            onHover: hovered => {
              viewClock.hover(hovered)
              if (!hovered) pointedMoment.set(null)
            },
            onSelect: (from, to) => handlers.current.time.zoom(zoomTo(from, to)),
            onClick: at => {
              const { pinned, pin, zoom } = handlers.current.time
              if (pickingEnd.get() && pinned !== null) {
                pickingEnd.set(false)
                zoom(zoomTo(Math.min(pinned, at), Math.max(pinned, at)))
              } else if (panel.culprit !== undefined) pin(at)
            },
            onDoubleClick: () => handlers.current.time.zoomBack(),
          },
        ),
      }
    }
    plot.current.plot.setData({
      times: next.times,
      values: next.drawn,
      min: next.series.map(one => one.min),
      max: next.series.map(one => one.max),
      compared: comparedLines(next, stacked),
      silences: next.silences,
      marks: handlers.current.marks,
      view: data.view(),
    })
  }, [data, isolated, width, height, panel, theme, zone, showCursor])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new marks are drawn at once, through the handlers.
  useEffect(() => {
    if (!visible || table) return
    drawInNextFrame(draw)
    const stop = drawLive(draw)
    return () => {
      stop()
      forgetDraw(draw)
    }
  }, [draw, visible, table, marks])

  useLayoutEffect(() => {
    if (width > 0) plot.current?.plot.setSize(width, height)
  }, [width, height])

  useEffect(
    () => () => {
      plot.current?.plot.destroy()
      plot.current = null
    },
    [],
  )

  const input = table ? data.input(NONE) : null
  const empty = data.answer !== undefined && model !== null && isEmpty(model)
  const failed = data.answer?.results.find(result => result.error !== null)?.error ?? null
  const meta = model === null || empty ? null : resolutionText(panel, model, host, { t, duration })
  const title = t(panel.title)

  return (
    <PanelFrame
      panel={panel}
      meta={meta}
      {...(model === null
        ? {}
        : {
            metaHint: t('chart.resolution.hint', {
              step: duration(model.stepMillis),
              resolution: duration(model.resolutionMillis),
            }),
          })}
      table={table}
      onTable={setTable}
      onCsv={() => {
        const rows = data.input(NONE)
        if (rows === null) return
        const { times, series } = allSeries(rows)
        const stamp = dateTimeText(viewClock.now(), zone).replace(/[: ]/g, '-')
        download(`${host.name}-${panel.id}-${stamp}.csv`, csvText(times, series, zone))
      }}
      expressions={panel.queries.map(({ expr }) => bindInstance(expr, host.name))}
    >
      <div className={classes.frame}>
        <div ref={box} className={classes.box} style={{ height: table ? undefined : height }}>
          {data.answer === undefined && data.error === null && (
            <div className={classes.waiting}>
              <Skeleton height={height} />
            </div>
          )}
          {(data.answer === undefined || failed !== null || empty) &&
          !(data.answer === undefined && data.error === null) ? (
            <EmptyPanel panel={panel} host={host} error={data.error} failed={failed} retry={data.retry} />
          ) : null}
          {table && input !== null ? (
            <ChartTable title={title} rows={allSeries(input)} unit={panel.unit} />
          ) : (
            <div
              className={classes.plot}
              hidden={empty || failed !== null || data.answer === undefined}
              role="img"
              aria-label={
                model === null ? title : seriesSentence(title, model, panel.unit, data.view(), zone, t)
              }
              ref={plotElement}
            />
          )}
          <div ref={tooltip} className={classes.tooltip} hidden aria-hidden="true" />
        </div>
      </div>
      {data.error !== null && data.answer !== undefined && <StaleNote since={data.updatedAt} />}
      {!table && model !== null && !empty && (
        <Legend
          title={title}
          model={model}
          entries={entries}
          unit={panel.unit}
          compare={time.compareMillis !== null}
          isolated={isolated}
          onIsolate={setIsolated}
          handle={legend}
        />
      )}
      {!table && model !== null && model.omitted > 0 && (
        <p className={classes.note}>{t('chart.omitted', { n: model.omitted })}</p>
      )}
    </PanelFrame>
  )
}

function resolutionText(
  panel: Panel,
  model: ChartModel,
  host: Host,
  { t, duration }: Pick<App, 't' | 'duration'>,
): string {
  const step = duration(Math.max(model.stepMillis, host.periodMillis))
  if (!model.series.some(one => one.min !== null)) return t('chart.resolution', { step })
  return hasBands(panel, model) ? t('chart.resolution.bucket', { step }) : t('chart.resolution.avg', { step })
}

const hasBands = (panel: Panel, model: ChartModel): boolean =>
  panel.kind === 'line' && model.series.length <= MOST_BANDS && model.series.some(one => one.min !== null)

const isEmpty = (model: ChartModel): boolean =>
  !model.series.some(({ values }) => values.some(value => typeof value === 'number'))

/** A stack is compared by its total: dashed lines of its parts would cross without meaning. */
function comparedLines(model: ChartModel, stacked: boolean): (Value[] | null)[] {
  if (!stacked) return model.series.map(one => one.compared)
  const parts = model.series.filter(one => !one.limit && one.compared !== null)
  const total = stack(parts.map(one => one.compared ?? [])).at(-1) ?? null
  const top = parts.at(-1)
  return model.series.map(one => (one === top ? total : null))
}

interface TooltipRow {
  readonly name: string
  readonly colour: string
  readonly text: string
}

function fillTooltip(
  element: HTMLElement,
  time: string,
  rows: readonly TooltipRow[],
  notes: readonly string[],
): void {
  const part = (tag: string, text: string): HTMLElement => {
    const made = document.createElement(tag)
    made.textContent = text
    return made
  }
  const children: HTMLElement[] = [part('strong', time)]
  for (const { name, colour, text } of rows) {
    const row = document.createElement('div')
    const swatch = document.createElement('i')
    swatch.style.background = colour
    row.append(swatch, part('span', name), part('b', text))
    children.push(row)
  }
  for (const note of notes) children.push(part('em', note))
  element.replaceChildren(...children)
  element.hidden = false
}

/** Beside the pointer, on the side where there is room. */
function place(element: HTMLElement, left: number, top: number): void {
  const parent = element.parentElement
  if (parent === null) return
  const x = left + (parent.querySelector<HTMLElement>('.u-over')?.offsetLeft ?? 0)
  const room = parent.clientWidth - x
  const offset = room > element.offsetWidth + 24 ? x + 16 : x - element.offsetWidth - 16
  element.style.transform = `translate(${Math.max(0, offset)}px, ${Math.max(0, top - element.offsetHeight / 2)}px)`
}
