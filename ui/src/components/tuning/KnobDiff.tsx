import { useApp } from '../app'
import classes from './Tuning.module.css'
import { knobText } from './words'

/** A knob with its value before and after, as a difference of two lines. */
export function KnobDiff({
  action,
  target,
  before,
  after,
}: {
  action: string
  target: string
  /** Empty when it is not known. */
  before: string
  after: string
}) {
  const { t } = useApp()
  return (
    <div className={classes.diff}>
      <p>{knobText({ action, target })}</p>
      {before !== '' && (
        <p className={classes.removed}>
          <span aria-hidden="true">− </span>
          <span className="sr-only">{t('tuning.before')}: </span>
          {before}
        </p>
      )}
      <p className={classes.added}>
        <span aria-hidden="true">+ </span>
        <span className="sr-only">{t('tuning.after')}: </span>
        {after}
      </p>
    </div>
  )
}
