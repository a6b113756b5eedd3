import { useApp } from '../app'
import { CopyButton } from '../CopyButton'
import classes from './Tuning.module.css'

const FILE = '/etc/evenkeel/tuning-policy'

/** What the administrator of a server writes to let a change happen: nobody else can. */
export function PolicyHelp({
  host,
  action,
  target,
}: {
  host: string
  /** The knob that is to be allowed; without one, an example. */
  action?: string
  target?: string
}) {
  const { t, session } = useApp()
  const allow = [action ?? 'net.core.*', target ?? ''].filter(word => word !== '').join(' ')
  const lines = `mode = approve\nallow = ${allow}\n`
  return (
    <div className={classes.help}>
      <p>{t('tuning.policy.how', { host: host || (session?.hub.host ?? ''), file: FILE })}</p>
      <pre className={classes.file}>{lines}</pre>
      <CopyButton text={lines} />
      <p className={classes.hint}>{t('tuning.policy.modes')}</p>
    </div>
  )
}
