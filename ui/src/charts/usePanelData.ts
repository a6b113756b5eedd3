import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { type ChartAnswer, readChart } from '../api/chart'
import type { Host } from '../api/hosts'
import { live } from '../api/live'
import { useApp } from '../components/app'
import { viewClock } from '../components/clock'
import { useTime } from '../components/time'
import { bindInstance } from '../lib/labels'
import { type Interval, resolve } from '../lib/range'
import { LiveRing } from '../lib/ring'
import type { ModelInput } from './model'
import type { Panel } from './panels'

/** Live rows kept per expression; history is read again long before they run out. */
const RING_ROWS = 900
const REFRESH_LEAST_MILLIS = 60_000
const REFRESH_MOST_MILLIS = 300_000
/** How often history is read while the live stream is cut. */
const POLL_MILLIS = 5000

export interface PanelData {
  readonly answer: ChartAnswer | undefined
  /** The newest request failed; `answer` is what was there before, if anything. */
  readonly error: Error | null
  readonly loading: boolean
  readonly updatedAt: number
  readonly retry: () => void
  /** What the model needs, as of now. */
  readonly input: (isolated: ReadonlySet<string>) => ModelInput | null
  readonly view: () => Interval
}

/** History and live rows of a panel for one server; asks only while `visible`. */
export function usePanelData(panel: Panel, host: Host, points: number, visible: boolean): PanelData {
  const { t, zone } = useApp()
  const time = useTime()
  const { range, live: moving, paused, compareMillis } = time
  const rings = useRef(new Map<string, LiveRing>())

  const queries = useMemo(
    () => panel.queries.map(({ id, expr }) => ({ id, expr: bindInstance(expr, host.name) })),
    [panel, host.name],
  )
  const connection = useSyncExternalStore(live.watch, () => live.snapshot().connection)
  const length = useMemo(() => {
    const interval = resolve(range, viewClock.now(), zone)
    return interval === null ? 0 : interval.to - interval.from
  }, [range, zone])

  const refresh = Math.min(REFRESH_MOST_MILLIS, Math.max(REFRESH_LEAST_MILLIS, length / 60))
  const history = useQuery({
    queryKey: ['chart', host.name, panel.id, range.from, range.to, points],
    queryFn: () => {
      const { from, to } = aligned(resolve(range, live.now(), zone))
      return readChart(from, to, points, queries)
    },
    enabled: visible && points > 0,
    placeholderData: keepPreviousData,
    staleTime: moving ? 5000 : 60_000,
    refetchInterval: moving && !paused ? (connection === 'lost' ? POLL_MILLIS : refresh) : false,
  })
  const compared = useQuery({
    queryKey: ['chart', host.name, panel.id, range.from, range.to, points, compareMillis],
    queryFn: () => {
      const { from, to } = aligned(resolve(range, live.now(), zone))
      return readChart(from - (compareMillis ?? 0), to - (compareMillis ?? 0), points, queries)
    },
    enabled:
      visible && points > 0 && compareMillis !== null && (panel.kind === 'line' || panel.kind === 'stacked'),
    staleTime: 60_000,
    refetchInterval: moving && !paused ? refresh : false,
  })

  useEffect(() => {
    if (!moving || !visible) return
    const held = rings.current
    const stops = queries.map(({ id, expr }) => {
      const ring = held.get(id) ?? new LiveRing(RING_ROWS)
      held.set(id, ring)
      return live.subscribe({ expr, host: host.id }, (at, { series, values }) =>
        ring.push(at, series, values),
      )
    })
    return () => {
      for (const stop of stops) stop()
      held.clear()
    }
  }, [moving, visible, queries, host.id])

  // The parts, not the result itself: that is a new object at every render, and would draw again at every one.
  const { data: answer, error, dataUpdatedAt: updatedAt, refetch } = history
  const loading = history.isPending || history.isPlaceholderData
  const other = compareMillis === null ? undefined : compared.data
  return useMemo<PanelData>(() => {
    const view = (): Interval => {
      const interval = time.interval()
      const newest = live.snapshot().lastFrameAt
      // The newest point touches the edge, as long as it is fresh.
      if (!moving || viewClock.frozen || newest === null || Math.abs(interval.to - newest) > 5000)
        return interval
      return { from: interval.from + newest - interval.to, to: newest }
    }
    return {
      answer,
      error,
      loading,
      updatedAt,
      retry: () => void refetch(),
      view,
      input: isolated =>
        answer === undefined
          ? null
          : {
              panel,
              answer,
              compared: other ?? null,
              compareMillis: compareMillis ?? 0,
              rings: moving ? rings.current : new Map(),
              periodMillis: host.periodMillis,
              until: moving ? viewClock.now() : null,
              isolated,
              t,
            },
    }
  }, [
    answer,
    error,
    loading,
    updatedAt,
    refetch,
    other,
    compareMillis,
    moving,
    panel,
    host.periodMillis,
    time,
    t,
  ])
}

/** On whole seconds, so that the charts of a page ask for the same moments and share one request. */
function aligned(interval: Interval | null): Interval {
  const { from, to } = interval ?? { from: 0, to: 1000 }
  return { from: Math.floor(from / 1000) * 1000, to: Math.floor(to / 1000) * 1000 }
}
