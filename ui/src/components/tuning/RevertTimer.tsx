import { useEffect, useState } from 'react'
import { useApp } from '../app'
import classes from './Tuning.module.css'

const SECOND = 1000

/** Counts down to the moment at which the old value comes back by itself. */
export function RevertTimer({ seconds, toldAt }: { seconds: number; toldAt: number }) {
  const { t, duration } = useApp()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND)
    return () => clearInterval(timer)
  }, [])
  // An answer that is newer than the last tick is as old as none.
  const left = Math.max(0, seconds * SECOND - Math.max(0, now - toldAt))
  return (
    <span className={classes.timer} role="timer">
      {t('tuning.revertsIn', { time: duration(left) })}
    </span>
  )
}
