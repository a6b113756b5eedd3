import { describe, expect, it } from 'vitest'
import {
  canonical,
  durationText,
  isLive,
  parseDuration,
  parseMoment,
  parseRange,
  resolve,
  shift,
  zoomOut,
  zoomTo,
} from './range'

const now = Date.UTC(2026, 10, 23, 14, 3, 22)
const hour = 3_600_000

describe('time ranges', () => {
  it('reads durations of one or more parts', () => {
    expect(parseDuration('1h')).toBe(hour)
    expect(parseDuration('1h30m')).toBe(1.5 * hour)
    expect(parseDuration('h')).toBeNull()
    expect(parseDuration('0s')).toBeNull()
    expect(parseDuration('5 parsecs')).toBeNull()
  })

  it('reads moments relative to now, as epoch milliseconds and as wall clock', () => {
    expect(parseMoment('now-1h', now, 'UTC')).toBe(now - hour)
    expect(parseMoment('1763906602000', now, 'UTC')).toBe(1_763_906_602_000)
    expect(parseMoment('2026-11-23 14:03:22', now, 'UTC')).toBe(now)
    expect(parseMoment('2026-11-23 22:03:22', now, 'Asia/Shanghai')).toBe(now)
    expect(parseMoment('2026-11-23', now, 'UTC')).toBe(Date.UTC(2026, 10, 23))
    expect(parseMoment('2026-13-40', now, 'UTC')).toBeNull()
    expect(parseMoment('yesterday', now, 'UTC')).toBeNull()
  })

  it('keeps to the zone over a change of summer time', () => {
    expect(parseMoment('2026-03-29 12:00', now, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 10))
    expect(parseMoment('2026-03-28 12:00', now, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 11))
  })

  it('reads free text', () => {
    expect(parseRange('3h', now, 'UTC')).toEqual({ from: 'now-3h', to: 'now' })
    expect(parseRange('last 2d', now, 'UTC')).toEqual({ from: 'now-2d', to: 'now' })
    expect(parseRange('now-1d to now-1h', now, 'UTC')).toEqual({ from: 'now-1d', to: 'now-1h' })
    expect(parseRange('2026-11-23 10:00 to 12:00', now, 'UTC')).toEqual({
      from: Date.UTC(2026, 10, 23, 10).toString(),
      to: Date.UTC(2026, 10, 23, 12).toString(),
    })
    expect(parseRange('now to now-1h', now, 'UTC')).toBeNull()
    expect(parseRange('soon', now, 'UTC')).toBeNull()
  })

  it('writes wall clock as a moment, so that a link means the same everywhere', () => {
    expect(canonical('2026-11-23 22:03:22', now, 'Asia/Shanghai')).toBe(now.toString())
    expect(canonical('now - 1h', now, 'UTC')).toBe('now-1h')
  })

  it('shifts into the past and becomes live again at now', () => {
    const past = shift({ from: 'now-1h', to: 'now' }, -1, now, 'UTC')
    expect(resolve(past, now, 'UTC')).toEqual({ from: now - 1.5 * hour, to: now - 0.5 * hour })
    expect(isLive(past)).toBe(false)
    expect(shift(past, 1, now, 'UTC')).toEqual({ from: 'now-1h', to: 'now' })
  })

  it('zooms out around the middle, and a live range backwards', () => {
    expect(zoomOut({ from: 'now-1h', to: 'now' }, now, 'UTC')).toEqual({ from: 'now-2h', to: 'now' })
    const past = zoomOut({ from: `${now - 10 * hour}`, to: `${now - 8 * hour}` }, now, 'UTC')
    expect(resolve(past, now, 'UTC')).toEqual({ from: now - 11 * hour, to: now - 7 * hour })
  })

  it('never zooms below the shortest range', () => {
    const range = resolve(zoomTo(now, now + 1), now, 'UTC')
    expect((range?.to ?? 0) - (range?.from ?? 0)).toBeGreaterThanOrEqual(10_000)
  })

  it('writes a duration so that it reads back', () => {
    for (const text of ['15m', '1h30m', '2d', '1d2h3m4s']) {
      expect(durationText(parseDuration(text) ?? 0)).toBe(text)
    }
  })
})
