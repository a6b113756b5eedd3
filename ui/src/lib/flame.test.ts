import { describe, expect, it } from 'vitest'
import { changeOf, foundIn, layOut, readStacks, scaleOf, topSelf } from './flame'

const TEXT = 'main_[j];work_[j] 6\nmain_[j];read;sys_read_[k] 3\nother 1\nnonsense\n'

describe('a flame graph', () => {
  it('adds stacks up to a tree with kinds', () => {
    const root = readStacks(TEXT, false)
    expect(root.value).toBe(10)
    const main = root.children.get('main_[j]')
    expect(main?.value).toBe(9)
    expect(main?.kind).toBe('java')
    expect(main?.children.get('read')?.children.get('sys_read_[k]')?.kind).toBe('kernel')
    expect(topSelf(root, 1)).toEqual([{ name: 'work', self: 6 }])
  })
  it('gives each frame the width of its share, and callers of the focus the whole', () => {
    const root = readStacks(TEXT, false)
    const main = root.children.get('main_[j]')
    if (main === undefined) throw new Error('no main')
    const whole = layOut(root, 100, 0)
    expect(whole.find(box => box.node === main)).toMatchObject({ width: 90, row: 1 })
    const zoomed = layOut(main, 90, 0)
    expect(zoomed[0]).toMatchObject({ node: root, width: 90, row: 0 })
    expect(zoomed.find(box => box.node.name === 'work')).toMatchObject({ width: 60, row: 2 })
  })
  it('counts a found stack once', () => {
    const root = readStacks('read;read;x 2\ny 1\n', false)
    expect(foundIn(root, 'READ')).toBe(2)
    expect(foundIn(root, '')).toBe(0)
  })
  it('compares shares, not lengths', () => {
    const root = readStacks('a 10 20\nb 10 60\n', true)
    expect(scaleOf(root)).toBe(4)
    const a = root.children.get('a')
    if (a === undefined) throw new Error('no a')
    expect(changeOf(a, root)).toBeCloseTo(-0.25)
  })
})
