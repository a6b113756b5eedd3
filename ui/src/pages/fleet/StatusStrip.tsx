import { useApp } from '../../components/app'
import type { PlainKey } from '../../lib/i18n'
import classes from './Fleet.module.css'

const WORDS: Readonly<Record<string, PlainKey>> = {
  d: 'status.down',
  c: 'status.critical',
  w: 'status.warning',
  o: 'status.ok',
  '.': 'status.noData',
}

/** The last 24 hours of a server, half an hour a mark: the worse, the taller. */
export function StatusStrip({ strip }: { strip: string | undefined }) {
  const { t } = useApp()
  if (strip === undefined) return <span className={classes.strip} />
  const counts = Object.entries(WORDS)
    .map(([letter, word]) => [t(word), [...strip].filter(one => one === letter).length / 2] as const)
    .filter(([, hours]) => hours > 0)
    .map(([word, hours]) => t('fleet.strip.part', { word, hours }))
  return (
    <svg
      className={classes.strip}
      viewBox={`0 0 ${strip.length * 4} 12`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${t('fleet.strip')}: ${counts.join(', ')}`}
    >
      <title>{`${t('fleet.strip')}: ${counts.join(', ')}`}</title>
      {[...strip].map((letter, i) => {
        const height = letter === 'd' || letter === 'c' ? 12 : letter === 'w' ? 9 : letter === 'o' ? 5 : 1
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place in the day is what a mark is.
            key={i}
            x={i * 4}
            y={12 - height}
            width={3}
            height={height}
            data-state={letter === '.' ? 'none' : letter}
          />
        )
      })}
    </svg>
  )
}
