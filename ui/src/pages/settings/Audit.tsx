import { useQuery } from '@tanstack/react-query'
import { auditQuery } from '../../api/admin'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import { Forbidden, Notice } from '../../components/States'
import { MutedCell, Table } from '../../components/Table'
import { dateTimeText } from '../../lib/time'
import classes from './Settings.module.css'

export function Audit() {
  const { t, zone, may } = useApp()
  const query = useQuery({ ...auditQuery, enabled: may('admin') })
  if (!may('admin')) return <Forbidden needed="admin" />
  return (
    <Loaded query={query} height={240} needed="admin">
      {entries => (
        <>
          <p className={classes.lead}>{t('audit.lead')}</p>
          <div className={classes.card}>
            {entries.length === 0 ? (
              <Notice compact title={t('audit.empty')} />
            ) : (
              <Table
                label={t('settings.audit')}
                columns={[
                  t('audit.at'),
                  t('audit.actor'),
                  t('audit.action'),
                  t('audit.target'),
                  t('audit.detail'),
                ]}
              >
                {entries.map(({ at, actor, action, target, detail }) => (
                  <tr key={`${at} ${actor} ${action} ${target} ${detail}`}>
                    <MutedCell>{dateTimeText(at, zone)}</MutedCell>
                    <td>{actor}</td>
                    <td>{action}</td>
                    <td>{target}</td>
                    <MutedCell>{detail}</MutedCell>
                  </tr>
                ))}
              </Table>
            )}
          </div>
        </>
      )}
    </Loaded>
  )
}
