import { useQuery } from '@tanstack/react-query'
import { type WeightChange, type WeightReason, weightChangesQuery } from '../../api/pools'
import { useApp } from '../../components/app'
import { Failure, Notice, Skeleton } from '../../components/States'
import type { PlainKey } from '../../lib/i18n'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import settings from '../settings/Settings.module.css'
import classes from './Balancer.module.css'

const REASONS: Record<WeightReason, PlainKey> = {
  overloaded: 'lb.reason.overloaded',
  above_average: 'lb.reason.above',
  below_average: 'lb.reason.below',
  stale_data: 'lb.reason.stale',
  set_by_hand: 'lb.reason.hand',
  configured: 'lb.reason.configured',
}

/** Every change of a weight with its reason, newest first. */
export function WeightHistory({ pool }: { pool: string }) {
  const { t, zone } = useApp()
  const { data, error, refetch } = useQuery(weightChangesQuery(pool))
  return (
    <section className={settings.card}>
      <h2>{t('lb.history')}</h2>
      {data === undefined &&
        (error === null ? (
          <Skeleton height={120} />
        ) : (
          <Failure error={error} retry={() => void refetch()} needed="viewer" />
        ))}
      {data?.length === 0 && <Notice compact title={t('lb.history.none')} />}
      {data !== undefined && data.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
        <section className={settings.scroll} tabIndex={0} aria-label={t('lb.history')}>
          <table className={`${settings.table} ${settings.plain}`}>
            <thead>
              <tr>
                <th scope="col">{t('lb.history.at')}</th>
                <th scope="col">{t('lb.backend')}</th>
                <th scope="col" className={classes.number}>
                  {t('lb.weight')}
                </th>
                <th scope="col">{t('lb.history.why')}</th>
              </tr>
            </thead>
            <tbody>
              {data.map(change => (
                <tr key={`${change.at} ${change.backend}`}>
                  <td className={settings.muted}>{dateTimeText(change.at, zone)}</td>
                  <td>{change.backend}</td>
                  <td className={classes.number}>
                    {formatText(change.from, 'count')} → {formatText(change.to, 'count')}
                  </td>
                  <td className={settings.reason}>
                    <Reason change={change} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

function Reason({ change: { reason, utilisation, average } }: { change: WeightChange }) {
  const { t } = useApp()
  const word = t(REASONS[reason])
  return utilisation === null || average === null
    ? word
    : `${word} ${t('lb.reason.figures', {
        own: formatText(100 * utilisation, 'percent'),
        average: formatText(100 * average, 'percent'),
      })}`
}
