import { live } from '../api/live'
import { viewClock } from '../components/clock'
import { drawInNextFrame, forgetDraw } from './frames'

/**
 * Draws what is on screen when a live frame has arrived, all charts in the same animation frame, and measures how
 * long that took from the moment of the samples. A frozen view draws nothing until it thaws.
 */
const drawings = new Set<() => void>()

function drawAll(): void {
  for (const draw of drawings) drawInNextFrame(draw)
}

live.onFrame(t => {
  if (viewClock.frozen || drawings.size === 0) return
  drawAll()
  // Registered after the charts, so it runs when they have drawn.
  drawInNextFrame(() => live.drawn(t))
})
viewClock.watch(() => {
  if (!viewClock.frozen) drawAll()
})

export function drawLive(draw: () => void): () => void {
  drawings.add(draw)
  return () => {
    drawings.delete(draw)
    forgetDraw(draw)
  }
}
