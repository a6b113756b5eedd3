/**
 * One animation frame for all charts: whatever asks to be drawn between two frames is drawn once, together.
 * A hidden page gets no frames and so draws nothing.
 */
const waiting = new Set<() => void>()
let requested = false

export function drawInNextFrame(draw: () => void): void {
  waiting.add(draw)
  if (requested) return
  requested = true
  requestAnimationFrame(() => {
    requested = false
    const batch = [...waiting]
    waiting.clear()
    for (const one of batch) one()
  })
}

export function forgetDraw(draw: () => void): void {
  waiting.delete(draw)
}
