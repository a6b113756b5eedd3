import { useQuery } from '@tanstack/react-query'
import { type WeightChange, type WeightReason, weightChangesQuery } from '../../api/pools'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import { Notice } from '../../components/States'
import { MutedCell, NumberCell, Table, TextCell } from '../../components/Table'
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
  const { t } = useApp()
  return (
    <section className={settings.card}>
      <h2>{t('lb.history')}</h2>
      <Loaded query={useQuery(weightChangesQuery(pool))} height={120}>
        {changes =>
          changes.length === 0 ? (
            <Notice compact title={t('lb.history.none')} />
          ) : (
            <div className={classes.history}>
              <Changes changes={changes} />
            </div>
          )
        }
      </Loaded>
    </section>
  )
}

function Changes({ changes }: { changes: readonly WeightChange[] }) {
  const { t, zone } = useApp()
  return (
    <Table
      label={t('lb.history')}
      columns={[t('lb.history.at'), t('lb.backend'), { number: t('lb.weight') }, t('lb.history.why')]}
    >
      {changes.map(change => (
        <tr key={`${change.at} ${change.backend}`}>
          <MutedCell>{dateTimeText(change.at, zone)}</MutedCell>
          <td>{change.backend}</td>
          <NumberCell>
            {formatText(change.from, 'count')} → {formatText(change.to, 'count')}
          </NumberCell>
          <TextCell>
            <Reason change={change} />
          </TextCell>
        </tr>
      ))}
    </Table>
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
