import { live } from '../api/live'

/**
 * The moment that the charts of this page show as 'now'. It stands still while the view is paused and while
 * somebody points at a chart; then everything catches up at once.
 */
class ViewClock {
  private pausedAt: number | null = null
  private hoveredAt: number | null = null
  private readonly watchers = new Set<() => void>()

  now(): number {
    return this.pausedAt ?? this.hoveredAt ?? live.now()
  }

  get frozen(): boolean {
    return this.pausedAt !== null || this.hoveredAt !== null
  }

  pause(paused: boolean): void {
    if (paused === (this.pausedAt !== null)) return
    this.pausedAt = paused ? live.now() : null
    this.changed()
  }

  hover(hovered: boolean): void {
    if (hovered === (this.hoveredAt !== null)) return
    this.hoveredAt = hovered ? live.now() : null
    this.changed()
  }

  /** Called when the view freezes or thaws. */
  watch = (listener: () => void): (() => void) => {
    this.watchers.add(listener)
    return () => this.watchers.delete(listener)
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher()
  }
}

export const viewClock = new ViewClock()
