import { getRouteApi } from '@tanstack/react-router'
import type { Host } from '../api/hosts'
import { BarsPanel } from './Bars'
import { MountPie } from './MountPie'
import classes from './PanelGrid.module.css'
import { PiePanel } from './Pie'
import { isPanelId, type Panel, type PanelId, panel } from './panels'
import { TimeChart } from './TimeChart'

const LARGE_HEIGHT = 420

const root = getRouteApi('__root__')

export function PanelView({ panel: shown, host, height }: { panel: Panel; host: Host; height?: number }) {
  switch (shown.kind) {
    case 'line':
    case 'stacked':
      return (
        <TimeChart key={shown.id} panel={shown} host={host} {...(height === undefined ? {} : { height })} />
      )
    case 'bars':
      return <BarsPanel key={shown.id} panel={shown} host={host} />
    case 'pie':
      return <PiePanel key={shown.id} panel={shown} host={host} />
    case 'mounts':
      return <MountPie key={shown.id} panel={shown} host={host} />
  }
}

/** The charts of a page, or the one that its address wants large. */
export function PanelGrid({ panels, host }: { panels: readonly PanelId[]; host: Host }) {
  const { panel: large } = root.useSearch()
  if (large !== undefined && isPanelId(large)) {
    return (
      <div className={classes.large}>
        <PanelView panel={panel(large)} host={host} height={LARGE_HEIGHT} />
      </div>
    )
  }
  return (
    <div className={classes.grid}>
      {panels.map(id => (
        <PanelView key={id} panel={panel(id)} host={host} />
      ))}
    </div>
  )
}
