import { useCallback, useEffect, useState } from 'react'
import type { Host } from '../api/hosts'
import { drawInNextFrame } from './frames'
import { drawLive } from './liveDraw'
import { type ChartModel, chartModel } from './model'
import type { Panel } from './panels'
import { type PanelData, usePanelData } from './usePanelData'

const NONE: ReadonlySet<string> = new Set()

/** A panel's model as React state, renewed with every live frame: for what is drawn in HTML or SVG. */
export function useModel(
  panel: Panel,
  host: Host,
  points: number,
  visible: boolean,
): { data: PanelData; model: ChartModel | null } {
  const data = usePanelData(panel, host, points, visible)
  const [model, setModel] = useState<ChartModel | null>(null)
  const { input } = data
  const draw = useCallback(() => {
    const current = input(NONE)
    setModel(current === null ? null : chartModel(current))
  }, [input])
  useEffect(() => {
    drawInNextFrame(draw)
    return visible ? drawLive(draw) : undefined
  }, [draw, visible])
  return { data, model }
}
