import { useEffect, useState, useSyncExternalStore } from 'react'
import { live } from '../../api/live'
import { useApp } from '../app'
import { Icon } from '../icons'
import { useTime } from '../time'
import classes from './Freshness.module.css'

/** Ages below this are the way of a sample through the machine, not a delay. */
const GRACE_MILLIS = 2500
const PERIODS = 2.5

type Freshness = 'live' | 'delayed' | 'offline' | 'connecting' | 'paused' | 'past'

/** How old what one sees is, in a word, and the button that stops or restarts it. */
export function FreshnessBadge() {
  const { t, duration } = useApp()
  const time = useTime()
  const state = useSyncExternalStore(live.watch, live.snapshot)
  const [now, setNow] = useState(() => live.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(live.now()), 1000)
    return () => clearInterval(timer)
  }, [])

  const age = state.lastFrameAt === null ? 0 : Math.max(0, now - state.lastFrameAt)
  const late = age > PERIODS * state.periodMillis + GRACE_MILLIS
  const kind: Freshness = !time.live
    ? 'past'
    : time.paused
      ? 'paused'
      : state.connection === 'lost'
        ? 'offline'
        : state.connection !== 'open' || (state.watching && state.lastFrameAt === null)
          ? 'connecting'
          : late
            ? 'delayed'
            : 'live'
  const ageText = duration(age)
  const word = kind === 'delayed' ? t('fresh.delayed', { age: ageText }) : t(`fresh.${kind}`)
  const hint =
    kind === 'live'
      ? t('fresh.live.hint', { period: duration(state.periodMillis) })
      : kind === 'delayed'
        ? t('fresh.delayed.hint', { age: ageText })
        : kind === 'offline'
          ? t('fresh.offline.hint')
          : kind === 'past'
            ? t('fresh.past.hint')
            : undefined

  return (
    <div className={classes.freshness}>
      <span className={classes.badge} data-kind={kind} title={hint} role="status">
        <span className={classes.dot} aria-hidden="true" />
        {word}
      </span>
      {time.live ? (
        <button
          type="button"
          className={classes.button}
          aria-pressed={time.paused}
          onClick={() => time.setPaused(!time.paused)}
        >
          <Icon name={time.paused ? 'play' : 'pause'} size={14} />
          {time.paused ? t('live.resume') : t('live.pause')}
        </button>
      ) : (
        <button
          type="button"
          className={classes.button}
          onClick={() => time.setRange({ from: 'now-15m', to: 'now' })}
        >
          <Icon name="play" size={14} />
          {t('live.backToNow')}
        </button>
      )}
    </div>
  )
}
