import { describe, expect, it } from 'vitest'
import type { Profile } from '../../api/profiles'
import type { TrialBlock } from '../../api/tuning'
import { comparisons } from './comparisons'

const profile = (id: string, askedAt: number, comm = 'nginx') =>
  ({ id, askedAt, comm, kind: 'cpu', result: null }) as Profile
const block = (on: boolean, from: number) => ({ on, from, to: from + 10 }) as TrialBlock
const blocks = [block(false, 1_000), block(true, 1_010), block(false, 1_020)]
const trial = { beganAt: 1_000, endedAt: 1_030, kept: true }
const ids = (profiles: Profile[], of = trial) =>
  comparisons(profiles, of, blocks).map(pair => [pair.without.id, pair.with.id])

describe('profiles with and without a change', () => {
  it('pairs the newest of each side, of one process and kind', () => {
    const taken = [profile('a', 990), profile('b', 1_015), profile('c', 1_025), profile('d', 1_012)]
    expect(ids(taken)).toEqual([['c', 'b']])
    expect(ids([profile('a', 990), profile('b', 1_015, 'redis')])).toEqual([])
  })

  it('takes what came after the trial as with the change only where the value stayed', () => {
    const taken = [profile('a', 990), profile('b', 2_000)]
    expect(ids(taken)).toEqual([['a', 'b']])
    expect(ids(taken, { ...trial, kept: false })).toEqual([])
  })
})
