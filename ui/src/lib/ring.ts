import { type Labels, labelKey } from './labels'

/**
 * The newest live values of one subscription: a ring of rows, one column per series, allocated once and
 * overwritten in place. NaN is 'no value at this moment'. Rows come in order of time; late ones are dropped.
 */
export class LiveRing {
  private readonly times: Float64Array
  private readonly columns = new Map<string, Float64Array>()
  private readonly labels = new Map<string, Labels>()
  private next = 0
  private size = 0

  constructor(readonly capacity: number) {
    this.times = new Float64Array(capacity)
  }

  get length(): number {
    return this.size
  }

  get lastTime(): number | null {
    return this.size === 0 ? null : (this.times[(this.next + this.capacity - 1) % this.capacity] ?? null)
  }

  /** Adds one row; false when it is not newer than the last one. */
  push(time: number, series: readonly Labels[], values: readonly (number | null)[]): boolean {
    const last = this.lastTime
    if (last !== null && time <= last) return false
    const row = this.next
    this.times[row] = time
    for (const column of this.columns.values()) column[row] = Number.NaN
    series.forEach((labels, i) => {
      const key = labelKey(labels)
      let column = this.columns.get(key)
      if (column === undefined) {
        column = new Float64Array(this.capacity).fill(Number.NaN)
        this.columns.set(key, column)
        this.labels.set(key, labels)
      }
      column[row] = values[i] ?? Number.NaN
    })
    this.next = (row + 1) % this.capacity
    this.size = Math.min(this.size + 1, this.capacity)
    return true
  }

  series(): IterableIterator<[string, Labels]> {
    return this.labels.entries()
  }

  /** The newest value of a series and its time, or null when the last row has none. */
  last(key: string): number | null {
    const value = this.columns.get(key)?.[(this.next + this.capacity - 1) % this.capacity]
    return value === undefined || Number.isNaN(value) ? null : value
  }

  /** Visits the rows after `time`, oldest first; `read(key)` gives the value of a series in that row. */
  forEachAfter(time: number, visit: (time: number, read: (key: string) => number | null) => void): void {
    const first = (this.next + this.capacity - this.size) % this.capacity
    for (let i = 0; i < this.size; i++) {
      const row = (first + i) % this.capacity
      const rowTime = this.times[row] ?? 0
      if (rowTime <= time) continue
      visit(rowTime, key => {
        const value = this.columns.get(key)?.[row]
        return value === undefined || Number.isNaN(value) ? null : value
      })
    }
  }

  clear(): void {
    this.next = 0
    this.size = 0
    this.columns.clear()
    this.labels.clear()
  }
}
