import { describe, expect, it } from 'vitest'
import { expressionsOf, guessUnit, letterOf, parseExplore, withExpressions } from './state'

describe('the address of an exploration', () => {
  it('comes back as it went in', () => {
    const search = { ...withExpressions(['up', ' ', 'rate(a[5m])']), viz: 'bar', unit: 'bytes', f: 'sda' }
    const state = parseExplore(search)
    expect(expressionsOf(state)).toEqual(['up', 'rate(a[5m])'])
    expect(state).toMatchObject({ viz: 'bar', unit: 'bytes', f: 'sda' })
  })

  it('names the keys that are not needed, so that they leave the address', () => {
    expect(withExpressions(['up'])).toEqual({
      q: 'up',
      q2: undefined,
      q3: undefined,
      q4: undefined,
      q5: undefined,
      q6: undefined,
    })
  })

  it('drops what it cannot use', () => {
    const state = parseExplore({ q: '  ', q2: 'x'.repeat(20_000), viz: 'hologram', unit: 'parsec', f: 7 })
    expect(Object.values(state).filter(value => value !== undefined)).toEqual([])
  })

  it('letters the expressions', () => {
    expect([0, 1, 5].map(letterOf)).toEqual(['A', 'B', 'F'])
  })
})

describe('the guessed unit', () => {
  it.each([
    ['node_memory_MemAvailable_bytes', 'bytes'],
    ['sum by (device) (rate(node_network_receive_bytes_total{device!="lo"}[5m]))', 'bytesPerSecond'],
    ['node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', 'count'],
    ['100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', 'percent'],
    ['rate(node_cpu_seconds_total[5m])', 'count'],
    ['process_cpu_seconds_total', 'seconds'],
    ['rate(http_requests_total[1m])', 'perSecond'],
    ['evenkeel_event_to_chart_seconds_sum', 'seconds'],
    ['node_load1', 'count'],
  ])('of %s is %s', (expression, unit) => {
    expect(guessUnit([expression])).toBe(unit)
  })

  it('is none when two expressions differ', () => {
    expect(guessUnit(['node_load1', 'node_memory_MemFree_bytes'])).toBe('count')
  })
})
