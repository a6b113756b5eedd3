import { describe, expect, it } from 'vitest'
import { LiveRing } from './ring'

const a = { mode: 'a' }
const b = { mode: 'b' }
const keyOf = (mode: string) => `mode="${mode}"`

function rows(ring: LiveRing, key: string, after = 0): [number, number | null][] {
  const found: [number, number | null][] = []
  ring.forEachAfter(after, (time, read) => found.push([time, read(key)]))
  return found
}

describe('the live ring', () => {
  it('keeps the newest rows in order', () => {
    const ring = new LiveRing(3)
    for (let t = 1; t <= 5; t++) ring.push(t, [a], [t * 10])
    expect(rows(ring, keyOf('a'))).toEqual([
      [3, 30],
      [4, 40],
      [5, 50],
    ])
    expect(ring.lastTime).toBe(5)
    expect(ring.last(keyOf('a'))).toBe(50)
  })

  it('drops rows that are not newer', () => {
    const ring = new LiveRing(3)
    expect(ring.push(2, [a], [1])).toBe(true)
    expect(ring.push(2, [a], [9])).toBe(false)
    expect(ring.push(1, [a], [9])).toBe(false)
    expect(rows(ring, keyOf('a'))).toEqual([[2, 1]])
  })

  it('leaves a series that stops or starts missing, never zero', () => {
    const ring = new LiveRing(4)
    ring.push(1, [a], [1])
    ring.push(2, [a, b], [null, 5])
    ring.push(3, [b], [6])
    expect(rows(ring, keyOf('a'))).toEqual([
      [1, 1],
      [2, null],
      [3, null],
    ])
    expect(rows(ring, keyOf('b'))).toEqual([
      [1, null],
      [2, 5],
      [3, 6],
    ])
  })

  it('does not show a value of a lap ago', () => {
    const ring = new LiveRing(2)
    ring.push(1, [a], [1])
    ring.push(2, [a], [2])
    ring.push(3, [b], [3])
    expect(rows(ring, keyOf('a'))).toEqual([
      [2, 2],
      [3, null],
    ])
  })

  it('gives the rows after a moment', () => {
    const ring = new LiveRing(5)
    for (let t = 1; t <= 4; t++) ring.push(t, [a], [t])
    expect(rows(ring, keyOf('a'), 2)).toEqual([
      [3, 3],
      [4, 4],
    ])
  })
})
