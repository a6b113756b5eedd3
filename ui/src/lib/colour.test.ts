import { describe, expect, it } from 'vitest'
import { assignSlots, REST_SLOT, slotColour } from './colour'

describe('colours of series', () => {
  it('are fixed for well-known series', () => {
    expect(
      assignSlots([
        { key: 'x', role: 'user' },
        { key: 'y', role: 'iowait' },
      ]),
    ).toEqual([0, 3])
  })

  it('do not depend on the order of the series', () => {
    const names = ['sda', 'sdb', 'nvme0n1', 'dm-0']
    const forwards = assignSlots(names.map(key => ({ key })))
    const backwards = assignSlots([...names].reverse().map(key => ({ key })))
    expect([...backwards].reverse()).toEqual(forwards)
  })

  it('stay with a series when others with other slots are filtered away', () => {
    const [eth0] = assignSlots([{ key: 'eth0' }])
    const together = assignSlots([{ key: 'eth0' }, { key: 'others', role: 'others' }])
    expect(together).toEqual([eth0, REST_SLOT])
  })

  it('differ within a chart while slots are free', () => {
    const slots = assignSlots(Array.from({ length: 8 }, (_, i) => ({ key: `device-${i}` })))
    expect(new Set(slots).size).toBe(8)
  })

  it('exist for both themes', () => {
    expect(slotColour(0, 'light')).toBe('#4693f1')
    expect(slotColour(0, 'dark')).toBe('#4c99f8')
  })
})
