import { describe, expect, it } from 'vitest'
import type { ChartAnswer } from '../../api/chart'
import { filtered, foundSeries, nameOf } from './result'

const stats = { min: 1, avg: 2, max: 3, last: 2 }
const series = (labels: Record<string, string>) => ({ labels, avg: [2], min: null, max: null, stats })
const answer = (...lists: Record<string, string>[][]): ChartAnswer => ({
  from: 0,
  to: 1,
  stepMillis: 1,
  resolutionMillis: 1,
  times: [1],
  results: lists.map((list, i) => ({
    id: String.fromCharCode(65 + i),
    error: null,
    series: list.map(series),
  })),
})

describe('the name of a series', () => {
  it('is the selector that finds it', () => {
    expect(nameOf({ __name__: 'up', job: 'a"b' }, null)).toBe('up{job="a\\"b"}')
    expect(nameOf({ __name__: 'up' }, null)).toBe('up')
    expect(nameOf({}, null)).toBe('{}')
  })

  it('carries the letter of its expression when there are several', () => {
    expect(foundSeries(answer([{ a: '1' }], [{ a: '1' }]), '').map(({ name }) => name)).toEqual([
      'A  {a="1"}',
      'B  {a="1"}',
    ])
  })
})

describe('the filter', () => {
  it('keeps the series whose names hold it, in any case', () => {
    const all = answer([{ device: 'sda' }, { device: 'nvme0n1' }])
    const found = foundSeries(all, ' SDA ')
    expect(found.map(({ labels }) => labels.device)).toEqual(['sda'])
    expect(filtered(all, found).results[0]?.series).toHaveLength(1)
  })

  it('does not mistake a series of one expression for that of another', () => {
    const all = answer([{ a: '1' }], [{ a: '1' }])
    const found = foundSeries(all, 'A  {')
    expect(filtered(all, found).results.map(one => one.series.length)).toEqual([1, 0])
  })
})
