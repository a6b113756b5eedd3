import { describe, expect, it } from 'vitest'
import type { ChartAnswer, ChartSeries } from '../api/chart'
import { translator } from '../lib/i18n'
import { LiveRing } from '../lib/ring'
import { allSeries, chartModel, type ModelInput } from './model'
import type { Panel } from './panels'

const PANEL: Panel = {
  id: 'test',
  title: 'panel.load',
  unit: 'count',
  kind: 'line',
  collector: 'cpu',
  rest: 'sum',
  queries: [{ id: 'q', expr: 'x', name: '{{device}}' }],
}

function series(device: string, avg: (number | null)[]): ChartSeries {
  const numbers = avg.filter(value => value !== null)
  const sum = numbers.reduce((total, value) => total + value, 0)
  const stats = {
    min: Math.min(...numbers),
    avg: sum / numbers.length,
    max: Math.max(...numbers),
    last: numbers.at(-1) ?? null,
  }
  return { labels: { device }, avg, min: null, max: null, stats }
}

function answer(step: number, times: number[], all: ChartSeries[]): ChartAnswer {
  const from = times[0] ?? 0
  const to = times.at(-1) ?? 0
  const results = [{ id: 'q', error: null, series: all, warnings: [] }]
  return { from, to, stepMillis: step, resolutionMillis: step, times, results }
}

function input(change: Partial<ModelInput>): ModelInput {
  return {
    panel: PANEL,
    answer: answer(1000, [1000, 2000, 3000], [series('sda', [1, 2, 3])]),
    compared: null,
    compareMillis: 0,
    rings: new Map(),
    periodMillis: 1000,
    until: null,
    isolated: new Set(),
    t: translator('en'),
    ...change,
  }
}

function ringOf(rows: [number, number][]): ReadonlyMap<string, LiveRing> {
  const ring = new LiveRing(100)
  for (const [time, value] of rows) ring.push(time, [{ device: 'sda' }], [value])
  return new Map([['q', ring]])
}

describe('the chart model', () => {
  it('continues history with the live rows after it', () => {
    const model = chartModel(
      input({
        rings: ringOf([
          [3000, 9],
          [4000, 4],
          [5000, 5],
        ]),
      }),
    )
    expect(model.times).toEqual([1000, 2000, 3000, 4000, 5000])
    expect(model.series[0]?.values).toEqual([1, 2, 3, 4, 5])
    expect(model.series[0]?.stats).toMatchObject({ min: 1, max: 5, last: 5 })
  })

  it('gathers live rows into buckets as wide as those of history', () => {
    const coarse = answer(10_000, [10_000, 20_000], [series('sda', [1, 2])])
    const rings = ringOf([
      [21_000, 2],
      [25_000, 4],
      [31_000, 7],
    ])
    const model = chartModel(input({ answer: coarse, rings }))
    expect(model.times).toEqual([10_000, 20_000, 30_000, 40_000])
    expect(model.series[0]?.values).toEqual([1, 2, 3, 7])
  })

  it('breaks the line where live rows are missing', () => {
    const model = chartModel(
      input({
        rings: ringOf([
          [4000, 4],
          [9000, 9],
        ]),
      }),
    )
    expect(model.times).toEqual([1000, 2000, 3000, 4000, 5000, 9000])
    expect(model.series[0]?.values).toEqual([1, 2, 3, 4, null, 9])
    expect(model.silences).toEqual([{ from: 4000, to: 9000 }])
  })

  it('sums up what is beyond eight series, or says how many are not drawn', () => {
    const many = Array.from({ length: 11 }, (_, i) => series(`d${i}`, [i, i, i]))
    const summed = chartModel(input({ answer: answer(1000, [1000, 2000, 3000], many) }))
    expect(summed.series.map(one => one.name)).toEqual([
      'd3',
      'd4',
      'd5',
      'd6',
      'd7',
      'd8',
      'd9',
      'd10',
      '3 others',
    ])
    expect(summed.series.at(-1)?.values).toEqual([3, 3, 3])
    const omitting = { ...PANEL, rest: 'omit' } as const
    const omitted = chartModel(input({ panel: omitting, answer: answer(1000, [1000, 2000, 3000], many) }))
    expect(omitted.series).toHaveLength(8)
    expect(omitted.omitted).toBe(3)
    expect(allSeries(input({ answer: answer(1000, [1000, 2000, 3000], many) })).series).toHaveLength(11)
  })

  it('keeps the colour of a series when the legend isolates it', () => {
    const two = answer(1000, [1000], [series('sda', [1]), series('sdb', [2])])
    const both = chartModel(input({ answer: two }))
    const alone = chartModel(input({ answer: two, isolated: new Set([both.series[1]?.key ?? '']) }))
    expect(alone.series).toHaveLength(1)
    expect(alone.series[0]?.slot).toBe(both.series[1]?.slot)
  })

  it('lays an earlier period over the same rows', () => {
    const day = 86_400_000
    const now = answer(1000, [day + 1000, day + 2000], [series('sda', [5, 6])])
    const before = answer(1000, [1000, 2000], [series('sda', [1, 2])])
    const model = chartModel(input({ answer: now, compared: before, compareMillis: day }))
    expect(model.series[0]?.compared).toEqual([1, 2])
    expect(model.series[0]?.comparedAvg).toBe(1.5)
  })

  it('stacks measurements and leaves limits alone', () => {
    const panel: Panel = {
      ...PANEL,
      kind: 'stacked',
      queries: [
        { id: 'used', expr: 'x', name: 'used' },
        { id: 'free', expr: 'x', name: 'free' },
        { id: 'total', expr: 'x', name: 'total', limit: true },
      ],
    }
    const one = (id: string, value: number) => ({
      id,
      error: null,
      series: [series('', [value])],
      warnings: [],
    })
    const results = [one('used', 3), one('free', 4), one('total', 7)]
    const model = chartModel(input({ panel, answer: { ...answer(1000, [1000], []), results } }))
    expect(model.drawn).toEqual([[3], [7], [7]])
    expect(model.series.map(({ values }) => values[0])).toEqual([3, 4, 7])
  })
})
