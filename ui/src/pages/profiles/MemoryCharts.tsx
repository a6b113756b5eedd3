import { useMemo } from 'react'
import type { Profile } from '../../api/profiles'
import { SignalChart } from '../../charts/SignalChart'
import { useApp } from '../../components/app'
import page from '../../components/Page.module.css'
import { formatText } from '../../lib/units'
import classes from './Profiles.module.css'

const BEFORE = 60 * 60_000
const AFTER = 15 * 60_000
const WIDTH = 600
const HEIGHT = 120

/** A process's memory over time: second by second while it was recorded, and around that as its server reported it. */
export function MemoryCharts({ profile }: { profile: Profile }) {
  const { t } = useApp()
  const { askedAt, seconds, result } = profile
  const memory = result?.memory ?? []
  const view = useMemo(() => ({ from: askedAt - BEFORE, to: askedAt + AFTER }), [askedAt])
  const ribbon = useMemo(() => [{ from: askedAt, to: askedAt + seconds * 1000 }], [askedAt, seconds])
  if (profile.kind !== 'memory') return null
  const quoted = (text: string) => text.replace(/[\\"]/g, '\\$&')
  const comm = quoted(result?.comm ?? profile.comm)
  const signal = `sum(evenkeel_process_resident_memory_bytes{instance="${quoted(profile.host)}",comm="${comm}"})`
  return (
    <>
      {memory.length > 1 && <Growth memory={memory} />}
      <div className={page.card}>
        <h2>{t('profile.memory.around', { process: profile.comm })}</h2>
        <div className={page.pad}>
          <SignalChart
            signal={signal}
            unit="bytes"
            threshold={undefined}
            view={view}
            ribbon={ribbon}
            tone="plain"
          />
        </div>
      </div>
    </>
  )
}

type Memory = NonNullable<Profile['result']>['memory']

/** The resident memory while it was recorded, from its least to its most. */
function Growth({ memory }: { memory: Memory }) {
  const { t } = useApp()
  const sizes = memory.map(one => one.residentBytes)
  const least = Math.min(...sizes)
  const most = Math.max(...sizes)
  const end = memory.at(-1)?.offsetMillis ?? 1
  const bytes = (value: number | undefined) => formatText(value ?? null, 'bytes')
  const points = memory
    .map(({ offsetMillis, residentBytes }) => {
      const height = most === least ? 0.5 : (residentBytes - least) / (most - least)
      return `${((offsetMillis / end) * WIDTH).toFixed(1)},${((1 - height) * (HEIGHT - 4) + 2).toFixed(1)}`
    })
    .join(' ')
  const sentence = t('profile.grew', { from: bytes(sizes[0]), to: bytes(sizes.at(-1)) })
  return (
    <div className={page.card}>
      <h2>{sentence}</h2>
      <figure className={classes.growth}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={sentence}>
          <polyline points={points} />
        </svg>
        <figcaption className={page.hint}>
          {t('profile.memory.scale', {
            least: bytes(least),
            most: bytes(most),
            time: formatText(end / 1000, 'seconds'),
          })}
        </figcaption>
      </figure>
    </div>
  )
}
