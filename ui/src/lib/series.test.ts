import { describe, expect, it } from 'vitest'
import { breakAtGaps, bridgeShortHoles, nearest, silences, stack, type Value } from './series'

const every = (n: number, interval: number) => new Array<number>(n).fill(interval)

describe('gaps', () => {
  it('break a line only after two and a half intervals', () => {
    const times = [0, 1, 2, 3, 4, 5, 6]
    const values: Value[] = [1, null, 3, null, null, null, 7]
    bridgeShortHoles(times, values, every(7, 1))
    expect(values).toEqual([1, undefined, 3, null, null, null, 7])
  })

  it('get a row without values where rows are missing altogether', () => {
    const broken = breakAtGaps({
      times: [0, 1, 2, 9, 10],
      columns: [[1, 2, 3, 4, 5]],
      intervals: every(5, 1),
    })
    expect(broken.times).toEqual([0, 1, 2, 3, 9, 10])
    expect(broken.columns).toEqual([[1, 2, 3, null, 4, 5]])
  })

  it('are measured by the coarser side where history meets live data', () => {
    const rows = { times: [0, 10, 20, 21, 22], columns: [[1, 1, 1, 1, 1]], intervals: [10, 10, 10, 1, 1] }
    expect(breakAtGaps(rows).times).toEqual(rows.times)
  })

  it('are silences only when every series is missing', () => {
    const rows = {
      times: [0, 1, 2, 3, 4, 5],
      columns: [
        [1, null, null, null, null, 6],
        [1, null, 2, null, null, null],
      ],
      intervals: every(6, 1),
    }
    expect(silences(rows, null)).toEqual([{ from: 2, to: 5 }])
  })

  it('are not silences before the first value', () => {
    expect(
      silences({ times: [0, 1, 2, 3, 4], columns: [[null, null, null, null, 1]], intervals: every(5, 1) }, 4),
    ).toEqual([])
  })

  it('are a silence at the end once it is noticeable', () => {
    const rows = { times: [0, 1000, 2000], columns: [[1, 1, 1]], intervals: every(3, 1000) }
    expect(silences(rows, 6000)).toEqual([])
    expect(silences(rows, 9000)).toEqual([{ from: 2000, to: 9000 }])
  })
})

describe('stacking', () => {
  it('adds upwards and lets a missing value add nothing', () => {
    expect(
      stack([
        [1, null, null],
        [2, 2, null],
      ]),
    ).toEqual([
      [1, 0, null],
      [3, 2, null],
    ])
  })

  it('does not read a hole as zero', () => {
    expect(stack([[1, undefined, 1]])).toEqual([[1, undefined, 2].map((v, i) => (i === 2 ? 1 : v))])
  })
})

describe('nearest', () => {
  it('finds the closest moment', () => {
    expect(nearest([0, 10, 20], 14)).toBe(1)
    expect(nearest([0, 10, 20], 16)).toBe(2)
    expect(nearest([0, 10, 20], 99)).toBe(2)
    expect(nearest([], 1)).toBe(-1)
  })
})
