import { useState } from 'react'
import type { Host } from '../api/hosts'
import { useApp } from '../components/app'
import { Skeleton } from '../components/States'
import { useOnScreen } from '../components/useOnScreen'
import type { PlainKey } from '../lib/i18n'
import { bindInstance } from '../lib/labels'
import classes from './MountPie.module.css'
import { PanelFrame } from './PanelCard'
import { EmptyPanel } from './PanelStates'
import { Pie, type Slice } from './Pie'
import pieClasses from './Pie.module.css'
import type { Panel } from './panels'
import { useModel } from './useModel'

const PARTS: readonly (readonly [id: string, word: PlainKey, slot: number])[] = [
  ['used', 'disk.used', 0],
  ['available', 'disk.available', 7],
  ['reserved', 'disk.reserved', 4],
]

/** What one mount is made of; the fullest unless another is chosen. */
export function MountPie({ panel, host }: { panel: Panel; host: Host }) {
  const { t } = useApp()
  const [box, visible] = useOnScreen<HTMLDivElement>()
  const { data, model } = useModel(panel, host, 60, visible)
  const [chosen, setChosen] = useState<string | null>(null)

  const mounts = new Map<string, Map<string, number>>()
  for (const { key, labels, stats } of model?.series ?? []) {
    const mount = labels.mountpoint ?? ''
    const parts = mounts.get(mount) ?? new Map<string, number>()
    parts.set(key.slice(0, key.indexOf(':')), stats.last ?? 0)
    mounts.set(mount, parts)
  }
  const fullness = (parts: ReadonlyMap<string, number>): number => {
    const sum = [...parts.values()].reduce((total, value) => total + value, 0)
    return sum === 0 ? 0 : (parts.get('used') ?? 0) / sum
  }
  const names = [...mounts.keys()].sort(
    (a, b) => fullness(mounts.get(b) ?? new Map()) - fullness(mounts.get(a) ?? new Map()),
  )
  const mount = chosen !== null && mounts.has(chosen) ? chosen : names[0]
  const failed = data.answer?.results.find(result => result.error !== null)?.error ?? null
  const slices: Slice[] = PARTS.map(([id, word, slot]) => ({
    key: id,
    name: t(word),
    value: mounts.get(mount ?? '')?.get(id) ?? 0,
    slot,
  }))
  const title = mount === undefined ? t(panel.title) : t('panel.mountShare', { mount })
  return (
    <PanelFrame
      panel={panel}
      title={title}
      table={false}
      expressions={panel.queries.map(({ expr }) => bindInstance(expr, host.name))}
    >
      <div ref={box} className={pieClasses.body}>
        {names.length > 1 && (
          <select
            className={classes.mounts}
            aria-label={t('disk.filterMount')}
            value={mount}
            onChange={event => setChosen(event.currentTarget.value)}
          >
            {names.map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        {data.answer === undefined && data.error === null && <Skeleton height={140} />}
        {mount !== undefined ? (
          <Pie slices={slices} unit="bytes" title={title} />
        ) : (
          (data.answer !== undefined || data.error !== null) && (
            <EmptyPanel panel={panel} host={host} error={data.error} failed={failed} retry={data.retry} />
          )
        )}
      </div>
    </PanelFrame>
  )
}
