import { describe, expect, it } from 'vitest'
import { axisFormat, axisMarks, axisRange, format, formatDuration, formatText, niceTop } from './units'

const words = { days: 'd', hours: 'h', minutes: 'min', seconds: 's' }

describe('units', () => {
  it('writes three significant digits', () => {
    expect(formatText(7.254, 'percent')).toBe('7.25\u00a0%')
    expect(formatText(12.34, 'percent')).toBe('12.3\u00a0%')
    expect(formatText(100, 'percent')).toBe('100\u00a0%')
  })

  it('writes memory in powers of 1024 and network in powers of 1000', () => {
    expect(format(1536, 'bytes')).toEqual({ number: '1.50', unit: 'KiB' })
    expect(format(16 * 1024 ** 3, 'bytes')).toEqual({ number: '16.0', unit: 'GiB' })
    expect(format(1_500_000, 'bitsPerSecond')).toEqual({ number: '1.50', unit: 'Mbit/s' })
  })

  it('goes over to the next unit instead of printing 1024', () => {
    expect(format(1023.9 * 1024 ** 2, 'bytes')).toEqual({ number: '1.00', unit: 'GiB' })
    expect(format(999.9, 'bitsPerSecond')).toEqual({ number: '1.00', unit: 'kbit/s' })
  })

  it('adapts durations from microseconds to days', () => {
    expect(format(0.000_25, 'seconds')).toEqual({ number: '250', unit: 'µs' })
    expect(format(0.0042, 'seconds')).toEqual({ number: '4.20', unit: 'ms' })
    expect(format(90, 'seconds')).toEqual({ number: '1.50', unit: 'min' })
  })

  it('keeps missing apart from zero, and little apart from nothing', () => {
    expect(formatText(null, 'bytes')).toBe('–')
    expect(formatText(Number.NaN, 'bytes')).toBe('–')
    expect(formatText(0, 'percent')).toBe('0\u00a0%')
    expect(formatText(0.001, 'percent')).toBe('<0.01\u00a0%')
  })

  it('marks an axis in one unit without needless zeros', () => {
    const mark = axisFormat(8 * 1024 ** 3, 'bytes')
    expect([0, 2, 4, 8].map(n => mark(n * 1024 ** 3))).toEqual([
      '0',
      '2\u00a0GiB',
      '4\u00a0GiB',
      '8\u00a0GiB',
    ])
    expect(axisFormat(100, 'percent')(40)).toBe('40\u00a0%')
  })

  it('ends an axis on a round value of its unit', () => {
    expect(niceTop(23.4 * 1024 ** 3, 'bytes')).toBe(25 * 1024 ** 3)
    expect(axisMarks(100, 'percent', false)).toEqual([0, 20, 40, 60, 80, 100])
    expect(axisMarks(0.3, 'cores', false).map(mark => Number(mark.toFixed(9)))).toEqual([0, 0.1, 0.2, 0.3])
    expect(niceTop(0, 'percent')).toBe(100)
    expect(niceTop(0.37, 'cores')).toBeCloseTo(0.4)
  })

  it('writes a duration in its two largest parts', () => {
    expect(formatDuration(277_000_000, words)).toBe('3\u00a0d 4\u00a0h')
    expect(formatDuration(12_000, words)).toBe('12\u00a0s')
    expect(formatDuration(3_600_000, words)).toBe('1\u00a0h')
    expect(formatDuration(200, words)).toBe('0\u00a0s')
  })

  it('reaches below zero in whole steps', () => {
    expect(axisRange(-3, 8, 'count', false)).toEqual({ bottom: -4, top: 8, marks: [-4, -2, 0, 2, 4, 6, 8] })
    expect(axisRange(-1, -0.2, 'count', false)).toEqual({
      bottom: -1,
      top: 0,
      marks: [-1, -0.8, -0.6000000000000001, -0.4, -0.2, 0],
    })
  })
})
