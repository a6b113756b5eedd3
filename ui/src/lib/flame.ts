/** Stacks as a tree, and what of it is seen: pure, so that it can be tested without a canvas. */

export type FrameKind = 'java' | 'native' | 'kernel' | 'type'

export interface FlameNode {
  readonly name: string
  readonly kind: FrameKind
  value: number
  /** What it was in the profile that this one is compared with. */
  base: number
  self: number
  readonly parent: FlameNode | null
  readonly children: Map<string, FlameNode>
}

const KINDS: Readonly<Record<string, FrameKind>> = { j: 'java', k: 'kernel', i: 'type' }

function node(frame: string, parent: FlameNode | null): FlameNode {
  const ending = /_\[([jki])\]$/.exec(frame)
  const kind = ending === null ? 'native' : (KINDS[ending[1] ?? ''] ?? 'native')
  const name = ending === null ? frame : frame.slice(0, -ending[0].length)
  return { name, kind, value: 0, base: 0, self: 0, parent, children: new Map() }
}

/** Reads collapsed text; with two numbers a line (before, now) when it is a difference. */
export function readStacks(text: string, difference: boolean): FlameNode {
  const root = node('', null)
  for (const line of text.split('\n')) {
    const numbers = difference ? / (\d+) (\d+)$/.exec(line) : / (\d+)$/.exec(line)
    if (numbers === null) continue
    const value = Number(numbers[difference ? 2 : 1])
    const base = difference ? Number(numbers[1]) : 0
    let at = root
    at.value += value
    at.base += base
    for (const frame of line.slice(0, numbers.index).split(';')) {
      let next = at.children.get(frame)
      if (next === undefined) {
        next = node(frame, at)
        at.children.set(frame, next)
      }
      next.value += value
      next.base += base
      at = next
    }
    at.self += value
  }
  return root
}

/** A frame where it is drawn, in pixels; `row` from the top. */
export interface Box {
  readonly node: FlameNode
  readonly x: number
  readonly width: number
  readonly row: number
}

const size = (one: FlameNode, scale: number): number => Math.max(one.value, one.base * scale)

const LEAST_WIDTH = 0.7

/** The frames from the focused one down, as wide as their share; its callers above it, full width. */
export function layOut(focus: FlameNode, width: number, scale: number): Box[] {
  const boxes: Box[] = []
  const callers: FlameNode[] = []
  for (let at = focus.parent; at !== null; at = at.parent) callers.unshift(at)
  for (const [row, caller] of callers.entries()) boxes.push({ node: caller, x: 0, width, row })
  const place = (one: FlameNode, x: number, wide: number, row: number): void => {
    boxes.push({ node: one, x, width: wide, row })
    const children = [...one.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    const all = Math.max(
      size(one, scale),
      children.reduce((sum, child) => sum + size(child, scale), 0),
    )
    let left = x
    for (const child of children) {
      const own = (wide * size(child, scale)) / Math.max(1, all)
      if (own >= LEAST_WIDTH) place(child, left, own, row + 1)
      left += own
    }
  }
  place(focus, 0, width, callers.length)
  return boxes
}

/** How the totals relate, so that runs of different length can be compared: now per before. */
export const scaleOf = (root: FlameNode): number => (root.base > 0 ? root.value / root.base : 0)

/** The share of the whole that a frame won (above 0) or lost since the base. */
export const changeOf = (one: FlameNode, root: FlameNode): number =>
  one.value / Math.max(1, root.value) - one.base / Math.max(1, root.base)

/** What all frames with a text in their names hold, each stack counted once. */
export function foundIn(root: FlameNode, text: string): number {
  const wanted = text.toLowerCase()
  const search = (one: FlameNode): number =>
    one.name.toLowerCase().includes(wanted)
      ? one.value
      : [...one.children.values()].reduce((sum, child) => sum + search(child), 0)
  return text === '' ? 0 : search(root)
}

/** The functions that hold most themselves, wherever they are called. */
export function topSelf(root: FlameNode, count: number): { name: string; self: number }[] {
  const selves = new Map<string, number>()
  const walk = (one: FlameNode): void => {
    if (one.self > 0) selves.set(one.name, (selves.get(one.name) ?? 0) + one.self)
    for (const child of one.children.values()) walk(child)
  }
  walk(root)
  return [...selves]
    .map(([name, self]) => ({ name, self }))
    .sort((a, b) => b.self - a.self)
    .slice(0, count)
}
