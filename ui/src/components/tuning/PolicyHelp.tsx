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
  const lines = `mode = approve\n${allowed(action ?? 'net.core.*', target ?? '')}\n`
  return (
    <div className={classes.help}>
      <p>{t('tuning.policy.how', { host: host || (session?.hub.host ?? ''), file: FILE })}</p>
      <pre className={classes.file}>{lines}</pre>
      <CopyButton text={lines} />
      <p className={classes.hint}>{t('tuning.policy.modes')}</p>
    </div>
  )
}

/** A directive of a configuration file is allowed where its service, its file and its commands are named. */
function allowed(action: string, target: string): string {
  const directive = /^(nginx|postgresql|redis)\/(.+)$/.exec(action)
  if (directive === null) return `allow = ${[action, target].filter(word => word !== '').join(' ')}`
  const [, kind = '', name = ''] = directive
  const service = target === '' || target === kind ? kind : `${target} ${kind}`
  return `service = ${service}\n${FILES[kind]}\ndirective = ${name} LEAST MOST`
}

const FILES: Readonly<Record<string, string>> = {
  nginx:
    'file = /etc/nginx/nginx.conf\nwithin = /etc/nginx\ncheck = /usr/sbin/nginx -t\nreload = /usr/sbin/nginx -s reload',
  postgresql:
    'file = /etc/evenkeel/services/postgresql.conf\nwithin = /etc/evenkeel/services\nreload = /usr/bin/pg_ctlcluster 15 main reload',
  redis:
    'file = /etc/evenkeel/services/redis.conf\nwithin = /etc/evenkeel/services\nreload = /usr/bin/redis-cli -e config set {directive} {value}',
}
