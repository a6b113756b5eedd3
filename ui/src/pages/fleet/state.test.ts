import { describe, expect, it } from 'vitest'
import { filterOf, nextSort, parseFleet } from './state'

describe('the address of the fleet', () => {
  it('keeps what it can read and drops the rest', () => {
    expect(
      parseFleet({
        q: 'web',
        view: 'map',
        status: 'down,sick,ok',
        sort: '-cpu',
        page: '2',
        chart: 'disk',
        tag: 7,
      }),
    ).toEqual({ q: 'web', status: 'down,ok', sort: '-cpu', page: '2', chart: 'disk' })
    expect(parseFleet({ sort: 'colour', page: '0', status: 'sick' })).toEqual({})
  })

  it('asks the hub only for what is set', () => {
    expect(filterOf({ view: 'table', page: '3', group: 'db' })).toEqual({ page: 3, group: 'db' })
  })

  it('sorts figures by the largest first and turns at the second click', () => {
    expect(nextSort(undefined, 'cpu')).toBe('-cpu')
    expect(nextSort('-cpu', 'cpu')).toBe('cpu')
    expect(nextSort('cpu', 'cpu')).toBe('-cpu')
    expect(nextSort('-cpu', 'name')).toBe('name')
    expect(nextSort('name', 'name')).toBe('-name')
    expect(nextSort('-cpu', 'status')).toBeUndefined()
  })
})
