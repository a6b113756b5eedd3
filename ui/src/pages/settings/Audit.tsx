import { useQuery } from '@tanstack/react-query'
import { auditQuery } from '../../api/admin'
import { useApp } from '../../components/app'
import { Failure, Forbidden, Notice, Skeleton } from '../../components/States'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

export function Audit() {
  const { t, zone, may } = useApp()
  const { data: entries, error, refetch } = useQuery({ ...auditQuery, enabled: may('admin') })
  if (!may('admin')) return <Forbidden needed="admin" />
  if (entries === undefined)
    return error === null ? <Skeleton height={240} /> : <Failure error={error} retry={() => void refetch()} />
  return (
    <>
      <p className={classes.lead}>{t('audit.lead')}</p>
      <div className={classes.card}>
        {entries.length === 0 ? (
          <Notice compact title={t('audit.empty')} />
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
          <section className={classes.scroll} tabIndex={0} aria-label={t('settings.audit')}>
            <table className={`${classes.table} ${classes.plain}`}>
              <thead>
                <tr>
                  <th scope="col">{t('audit.at')}</th>
                  <th scope="col">{t('audit.actor')}</th>
                  <th scope="col">{t('audit.action')}</th>
                  <th scope="col">{t('audit.target')}</th>
                  <th scope="col">{t('audit.detail')}</th>
                </tr>
              </thead>
              <tbody>
                {entries.map(({ at, actor, action, target, detail }) => (
                  <tr key={`${at} ${actor} ${action} ${target} ${detail}`}>
                    <td className={classes.muted}>{dateTimeText(at, zone)}</td>
                    <td>{actor}</td>
                    <td>{action}</td>
                    <td>{target}</td>
                    <td className={classes.muted}>{detail}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
    </>
  )
}
