/**
 * The only module that knows uPlot. A plot is created for a set of series and then fed with data; series that
 * come or go make a new one. Its cursor is shared by all plots of the page without redrawing any of them.
 */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { slotColour, type Theme, withAlpha } from '../lib/colour'
import type { Interval } from '../lib/range'
import type { Stretch, Value } from '../lib/series'
import { axisTimeText, type Zone, zoneName } from '../lib/time'
import { axisFormat, axisMarks, axisRange, niceTop, type Unit } from '../lib/units'

export interface PlotSeries {
  readonly key: string
  readonly slot: number
  readonly limit: boolean
}

export interface PlotOptions {
  readonly series: readonly PlotSeries[]
  readonly stacked: boolean
  /** Draws min–max bands and compared lines, in the order of `PlotData`. */
  readonly bands: boolean
  readonly compared: boolean
  readonly unit: Unit
  readonly max: number | undefined
  readonly threshold: number | undefined
  /** Whether the stretches of the ribbon are bad or just to be told apart. */
  readonly ribbonTone?: 'bad' | 'plain'
  readonly theme: Theme
  readonly zone: Zone
  readonly width: number
  readonly height: number
}

export interface Mark {
  readonly at: number
  readonly kind: 'suspect' | 'boot' | 'pin'
}

export interface PlotData {
  readonly times: number[]
  readonly values: readonly Value[][]
  readonly min: readonly (Value[] | null)[]
  readonly max: readonly (Value[] | null)[]
  readonly compared: readonly (Value[] | null)[]
  readonly silences: readonly Stretch[]
  readonly marks: readonly Mark[]
  /** Stretches that are marked by a ribbon on top with a faint band below it, as when an alert fired. */
  readonly ribbon?: readonly Interval[]
  readonly view: Interval
}

export interface PlotEvents {
  /** The cursor of this or another plot stands at row `index` (null: it left). `own` when it is over this plot. */
  readonly onCursor: (index: number | null, left: number, top: number, own: boolean) => void
  readonly onHover: (hovered: boolean) => void
  readonly onSelect: (from: number, to: number) => void
  readonly onClick: (time: number) => void
  readonly onDoubleClick: () => void
}

export interface Plot {
  readonly setData: (data: PlotData) => void
  readonly setSize: (width: number, height: number) => void
  readonly destroy: () => void
}

const CHROME: Record<
  Theme,
  { text: string; grid: string; hatch: string; pin: string; warn: string; crit: string; unknown: string }
> = {
  light: {
    text: '#5a6270',
    grid: '#eceef2',
    hatch: '#c9ced8',
    pin: '#2f5fd0',
    warn: '#9a6200',
    crit: '#c62a2f',
    unknown: '#667085',
  },
  dark: {
    text: '#9aa3b2',
    grid: '#252a33',
    hatch: '#3a414e',
    pin: '#7ea6ff',
    warn: '#f0b429',
    crit: '#ff6b6b',
    unknown: '#98a2b3',
  },
}

const SYNC_KEY = 'evenkeel'
const CLICK_PIXELS = 3
const FONT = '12px "Inter Variable", system-ui, "Noto Sans CJK SC", sans-serif'

export function createPlot(element: HTMLElement, options: PlotOptions, events: PlotEvents): Plot {
  const { series, stacked, unit, theme, zone } = options
  const chrome = CHROME[theme]
  let data: PlotData | null = null
  let top = 0
  let below: ReturnType<typeof axisRange> | null = null
  let hovered = false

  const lines: uPlot.Series[] = series.map(({ slot, limit }, i) => {
    const colour = slotColour(slot, theme)
    const line: uPlot.Series = {
      stroke: colour,
      width: limit ? 1 : 1.5,
      points: { show: false },
      spanGaps: false,
    }
    if (limit || slot === 8) line.dash = limit ? [2, 3] : [5, 3]
    if (stacked && !limit) {
      line.width = 1
      if (i === 0) line.fill = withAlpha(colour, 0.55)
    } else if (!limit && series.filter(one => !one.limit).length <= 2) line.fill = withAlpha(colour, 0.08)
    return line
  })
  const bands: uPlot.Band[] = []
  if (stacked) {
    for (let i = 1; i < series.length; i++) {
      const one = series[i]
      if (one !== undefined && !one.limit) {
        bands.push({ series: [i + 1, i], fill: withAlpha(slotColour(one.slot, theme), 0.55) })
      }
    }
  }
  if (options.bands) {
    for (const one of series) {
      const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } }
      lines.push(edge, { ...edge })
      bands.push({
        series: [lines.length, lines.length - 1],
        fill: withAlpha(slotColour(one.slot, theme), 0.18),
      })
    }
  }
  if (options.compared) {
    for (const { slot } of series) {
      const colour = withAlpha(slotColour(slot, theme), 0.5)
      lines.push({ stroke: colour, width: 1.25, dash: [4, 4], points: { show: false } })
    }
  }

  const plot = new uPlot(
    {
      width: options.width,
      height: options.height,
      ms: 1,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      tzDate: millis => uPlot.tzDate(new Date(millis), zoneName(zone)),
      series: [{}, ...lines],
      bands,
      scales: {
        x: { time: true, range: () => (data === null ? [0, 1] : [data.view.from, data.view.to]) },
        y: {
          range: (_, least, most) => {
            // Most quantities of a server cannot be negative: their axis always begins at zero.
            below = (least ?? 0) < 0 ? axisRange(least ?? 0, most ?? 0, unit, options.height < 140) : null
            if (below !== null) return [below.bottom, below.top]
            top = ceiling(most)
            return [0, top]
          },
        },
      },
      axes: [
        {
          stroke: chrome.text,
          font: FONT,
          size: 24,
          gap: 4,
          space: 72,
          grid: { stroke: chrome.grid, width: 1 },
          ticks: { show: false },
          values: (_, splits, __, ___, step) => splits.map(at => axisTimeText(at, zone, step)),
        },
        {
          stroke: chrome.text,
          font: FONT,
          size: (_, values) =>
            Math.max(40, 14 + 6.6 * Math.max(0, ...(values ?? []).map(text => text.length))),
          gap: 6,
          space: 36,
          grid: { stroke: chrome.grid, width: 1 },
          ticks: { show: false },
          splits: () => below?.marks ?? axisMarks(top, unit, options.height < 140),
          values: (_, splits) =>
            splits.map(axisFormat(below === null ? top : Math.max(-below.bottom, below.top), unit)),
        },
      ],
      cursor: {
        x: true,
        y: false,
        points: { show: (u, i) => cursorPoint(u, i, series.length) },
        drag: { x: true, y: false, setScale: false, dist: CLICK_PIXELS },
        focus: { prox: -1 },
        bind: {
          dblclick: () => () => {
            events.onDoubleClick()
            return null
          },
        },
        sync: {
          key: SYNC_KEY,
          setSeries: false,
          scales: ['x', null],
          filters: { pub: type => type === 'mousemove' || type === 'mouseleave' },
        },
      },
      hooks: {
        drawClear: [
          u => {
            if (data === null) return
            hatchSilences(u, data.silences, chrome.hatch)
            drawRibbon(u, data.ribbon ?? [], options.ribbonTone === 'plain' ? chrome.pin : chrome.crit)
          },
        ],
        draw: [
          u => {
            if (options.threshold !== undefined) drawThreshold(u, options.threshold, chrome.warn)
            if (data !== null) drawMarks(u, data.marks, chrome)
          },
        ],
        setCursor: [
          u => {
            const { idx, left = -1, top: y = -1 } = u.cursor
            events.onCursor(left < 0 ? null : (idx ?? null), left, y, hovered)
          },
        ],
        setSelect: [
          u => {
            const { left, width } = u.select
            if (width > CLICK_PIXELS) {
              events.onSelect(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'))
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            }
          },
        ],
      },
    },
    [[], ...lines.map(() => [])] as unknown as uPlot.AlignedData,
    element,
  )

  function ceiling(most: number | null): number {
    if (options.max !== undefined) return options.max
    const round = niceTop((most ?? 0) * 1.02, unit)
    // A share that is all but whole needs no room above 100 %.
    const wanted = unit === 'percent' && (most ?? 0) <= 101 ? Math.min(100, round) : round
    // Shrinks only when a good part of the height would stay empty: an axis that jumps cannot be read.
    return wanted > top || wanted < top * 0.55 ? wanted : top
  }

  let downAt: [number, number] | null = null
  plot.over.addEventListener('mousedown', event => {
    downAt = [event.clientX, event.clientY]
  })
  plot.over.addEventListener('click', event => {
    const moved = downAt === null ? 0 : Math.hypot(event.clientX - downAt[0], event.clientY - downAt[1])
    if (moved <= CLICK_PIXELS && event.detail <= 1) events.onClick(plot.posToVal(plot.cursor.left ?? 0, 'x'))
  })
  plot.over.addEventListener('mouseenter', () => {
    hovered = true
    events.onHover(true)
  })
  plot.over.addEventListener('mouseleave', () => {
    hovered = false
    events.onHover(false)
  })

  return {
    setData(next) {
      data = next
      const columns: (Value[] | null)[] = [...next.values]
      if (options.bands) series.forEach((_, i) => void columns.push(next.min[i] ?? null, next.max[i] ?? null))
      if (options.compared) series.forEach((_, i) => void columns.push(next.compared[i] ?? null))
      const none = new Array<Value>(next.times.length).fill(null)
      plot.setData([next.times, ...columns.map(column => column ?? none)] as unknown as uPlot.AlignedData)
    },
    setSize: (width, height) => plot.setSize({ width, height }),
    destroy() {
      if (hovered) events.onHover(false)
      plot.destroy()
    },
  }
}

function cursorPoint(u: uPlot, i: number, measured: number): HTMLElement {
  const point = document.createElement('div')
  // The edges of a band and the compared lines need no dot.
  if (i === 0 || i > measured) return point
  const colour = u.series[i]?.stroke
  point.style.width = '7px'
  point.style.height = '7px'
  point.style.marginLeft = '-3.5px'
  point.style.marginTop = '-3.5px'
  point.style.background = typeof colour === 'function' ? String(colour(u, i)) : String(colour)
  return point
}

function hatchSilences(u: uPlot, stretches: readonly Stretch[], colour: string): void {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  for (const { from, to } of stretches) {
    const start = Math.max(left, u.valToPos(from, 'x', true))
    const end = Math.min(left + width, u.valToPos(to, 'x', true))
    if (end - start < 2) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(start, top, end - start, height)
    ctx.clip()
    ctx.strokeStyle = colour
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([])
    ctx.beginPath()
    const distance = 7 * devicePixelRatio
    for (let x = start - height; x < end; x += distance) {
      ctx.moveTo(x, top + height)
      ctx.lineTo(x + height, top)
    }
    ctx.stroke()
    ctx.restore()
  }
}

function drawRibbon(u: uPlot, stretches: readonly Interval[], colour: string): void {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  ctx.save()
  for (const { from, to } of stretches) {
    const start = Math.max(left, u.valToPos(from, 'x', true))
    const end = Math.min(left + width, Math.max(u.valToPos(to, 'x', true), start + 2 * devicePixelRatio))
    if (end <= start) continue
    ctx.fillStyle = withAlpha(colour, 0.1)
    ctx.fillRect(start, top, end - start, height)
    ctx.fillStyle = colour
    ctx.fillRect(start, top, end - start, 4 * devicePixelRatio)
  }
  ctx.restore()
}

function drawThreshold(u: uPlot, value: number, colour: string): void {
  const { ctx } = u
  const { left, top, width } = u.bbox
  const y = u.valToPos(value, 'y', true)
  if (y < top || y > top + u.bbox.height) return
  ctx.save()
  ctx.fillStyle = withAlpha(colour, 0.06)
  ctx.fillRect(left, top, width, y - top)
  ctx.strokeStyle = withAlpha(colour, 0.7)
  // uPlot leaves the dashes of its last line behind.
  ctx.setLineDash([])
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(left, y)
  ctx.lineTo(left + width, y)
  ctx.stroke()
  ctx.restore()
}

function drawMarks(u: uPlot, marks: readonly Mark[], chrome: (typeof CHROME)[Theme]): void {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  const px = devicePixelRatio
  for (const { at, kind } of marks) {
    const x = u.valToPos(at, 'x', true)
    if (x < left || x > left + width) continue
    ctx.save()
    ctx.lineWidth = px
    ctx.setLineDash([])
    switch (kind) {
      case 'pin':
        ctx.strokeStyle = chrome.pin
        ctx.lineWidth = 1.5 * px
        line(ctx, x, top, x, top + height)
        break
      case 'boot':
        ctx.strokeStyle = chrome.unknown
        ctx.setLineDash([4 * px, 3 * px])
        line(ctx, x, top, x, top + height)
        break
      case 'suspect': {
        const size = 4 * px
        ctx.strokeStyle = chrome.warn
        ctx.lineWidth = 1.5 * px
        ctx.beginPath()
        ctx.moveTo(x, top + px)
        ctx.lineTo(x + size, top + px + size)
        ctx.lineTo(x, top + px + 2 * size)
        ctx.lineTo(x - size, top + px + size)
        ctx.closePath()
        ctx.stroke()
        break
      }
    }
    ctx.restore()
  }
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath()
  ctx.moveTo(x1, y1)
  ctx.lineTo(x2, y2)
  ctx.stroke()
}
