import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo } from 'react'
import { DEFAULT_RANGE, type Interval, isLive, parseDuration, resolve, type TimeRange } from '../lib/range'
import type { UrlState } from '../lib/urlState'
import { useApp } from './app'
import { viewClock } from './clock'

const root = getRouteApi('__root__')

/** Ranges one came from by zooming; double-click goes back through them. */
const earlier: TimeRange[] = []

export interface TimeContext {
  readonly range: TimeRange
  /** The range moves with the clock. */
  readonly live: boolean
  readonly paused: boolean
  /** How far back the compared period lies, or null. */
  readonly compareMillis: number | null
  readonly compare: string | undefined
  /** The moment whose processes are kept in view. */
  readonly pinned: number | null
  readonly interval: () => Interval
  readonly setRange: (range: TimeRange) => void
  readonly zoom: (range: TimeRange) => void
  readonly zoomBack: () => void
  readonly setPaused: (paused: boolean) => void
  readonly setCompare: (compare: string | undefined) => void
  readonly pin: (at: number | null) => void
}

/** The one range of a page, read from and written to its address. */
export function useTime(): TimeContext {
  const search = root.useSearch()
  const navigate = useNavigate()
  const { zone } = useApp()
  const { from, to, refresh, cmp, at } = search

  const change = useCallback(
    (changed: { readonly [K in keyof UrlState]?: UrlState[K] | undefined }, replace = false) =>
      void navigate({
        to: '.',
        search: ((previous: UrlState) => ({ ...previous, ...changed })) as never,
        replace,
        resetScroll: false,
      }),
    [navigate],
  )

  const range = useMemo<TimeRange>(() => {
    const wanted = { from: from ?? DEFAULT_RANGE.from, to: to ?? DEFAULT_RANGE.to }
    return resolve(wanted, viewClock.now(), zone) === null ? DEFAULT_RANGE : wanted
  }, [from, to, zone])

  const paused = refresh === 'off'
  useEffect(() => viewClock.pause(paused), [paused])

  return useMemo<TimeContext>(() => {
    const setRange = (next: TimeRange) => change({ from: next.from, to: next.to, refresh: undefined })
    return {
      range,
      live: isLive(range),
      paused,
      compare: cmp,
      compareMillis: cmp === undefined ? null : parseDuration(cmp),
      pinned: at === undefined ? null : Number(at),
      interval: () => resolve(range, viewClock.now(), zone) ?? { from: 0, to: 1 },
      setRange,
      zoom: next => {
        earlier.push(range)
        setRange(next)
      },
      zoomBack: () => setRange(earlier.pop() ?? DEFAULT_RANGE),
      setPaused: next => change({ refresh: next ? 'off' : undefined }, true),
      setCompare: next => change({ cmp: next }),
      pin: moment => change({ at: moment === null ? undefined : Math.round(moment).toString() }, true),
    }
  }, [range, paused, cmp, at, zone, change])
}
