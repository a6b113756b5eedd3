import { useRef } from 'react'
import type { TrialBlock, TrialDetail } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { measuredText } from '../../components/tuning/words'
import { useWidth } from '../../components/useWidth'
import own from './Tune.module.css'

const HEIGHT = 96
const GAP = 3

const kindOf = (block: TrialBlock): 'noise' | 'on' | 'off' =>
  block.noise ? 'noise' : block.on ? 'on' : 'off'

/** The blocks of a trial side by side, as high as their medians: filled with the change, hollow without. */
export function BlockStrip({ detail: { blocks, plan, trial } }: { detail: TrialDetail }) {
  const { t } = useApp()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const most = Math.max(...blocks.map(block => block.value), Number.MIN_VALUE)
  const places = trial.phase === 'ended' ? blocks.length : plan.noiseBlocks + 2 * plan.leastPairs
  const step = width / Math.max(places, blocks.length, 1)
  return (
    <div ref={box}>
      {blocks.length === 0 ? (
        <Notice compact title={t('tuning.blocks.none')} />
      ) : (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={t('tuning.blocks.sentence', {
            noise: blocks.filter(block => block.noise).length,
            on: blocks.filter(block => !block.noise && block.on).length,
            off: blocks.filter(block => !block.noise && !block.on).length,
          })}
        >
          {blocks.map((block, i) => {
            const height = Math.max(2, (block.value / most) * (HEIGHT - 2))
            return (
              <rect
                key={`${block.noise} ${block.number}`}
                className={own.block}
                data-kind={kindOf(block)}
                data-counts={block.counts}
                x={i * step + 1}
                y={HEIGHT - 1 - height}
                width={Math.max(2, step - GAP)}
                height={height}
                rx="2"
              >
                <title>
                  {t(`tuning.block.${kindOf(block)}`)} {block.number}: {measuredText(block.value, trial.unit)}
                  {block.counts ? '' : ` · ${t('tuning.block.void')}`}
                </title>
              </rect>
            )
          })}
        </svg>
      )}
      <ul className={own.key}>
        {(['noise', 'off', 'on'] as const).map(kind => (
          <li key={kind}>
            <svg width="12" height="12" aria-hidden="true">
              <rect
                className={own.block}
                data-kind={kind}
                data-counts="true"
                x="1"
                y="1"
                width="10"
                height="10"
                rx="2"
              />
            </svg>
            {t(`tuning.block.${kind}`)}
          </li>
        ))}
      </ul>
      <p className={classes.hint}>{t('tuning.blocks.hint')}</p>
    </div>
  )
}
