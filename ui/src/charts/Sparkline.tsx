import type { Value } from '../lib/series'

/** A line without axes: the course of a number at a glance. Holes stay holes. */
export function Sparkline({
  values,
  max,
  width = 96,
  height = 28,
}: {
  values: readonly Value[]
  max?: number
  width?: number
  height?: number
}) {
  const numbers = values.filter(value => typeof value === 'number')
  const top = max ?? Math.max(...numbers, Number.MIN_VALUE) * 1.1
  let path = ''
  let pen = false
  values.forEach((value, i) => {
    if (value === undefined) return
    if (value === null) {
      pen = false
      return
    }
    const x = (i / Math.max(1, values.length - 1)) * width
    const y = height - 1 - (Math.min(value, top) / top) * (height - 2)
    path += `${pen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`
    pen = true
  })
  return (
    <svg
      width="100%"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={path}
        fill="none"
        stroke="var(--series-0)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
