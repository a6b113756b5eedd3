import { useQuery } from '@tanstack/react-query'
import { type Gateway, gatewaysQuery } from '../../api/pools'
import { useApp } from '../../components/app'
import { Notice } from '../../components/States'
import { type Level, Status } from '../../components/Status'
import { MutedCell, NumberCell, Table } from '../../components/Table'
import type { PlainKey } from '../../lib/i18n'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import settings from '../settings/Settings.module.css'
import classes from './Balancer.module.css'

const STATES: Record<Gateway['state'], readonly [Level, PlainKey]> = {
  steered: ['ok', 'lb.gateway.steered'],
  behind: ['warn', 'lb.gateway.behind'],
  refusing: ['crit', 'lb.gateway.refusing'],
  stopped: ['none', 'lb.gateway.stopped'],
  silent: ['crit', 'lb.gateway.silent'],
}

/** The gateways that this hub steers, and what each serves; nothing when there is none. */
export function GatewayTable() {
  const { t } = useApp()
  const { data: gateways = [] } = useQuery(gatewaysQuery)
  if (gateways.length === 0) return null
  return (
    <section className={settings.card}>
      <h2>{t('lb.gateways')}</h2>
      {gateways
        .filter(({ problems }) => problems.length > 0)
        .map(({ name, problems }) => (
          <Notice key={name} compact tone="bad" title={`${name}: ${t('lb.gateway.refusing')}`}>
            <ul className={classes.problems}>
              {problems.map(problem => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </Notice>
        ))}
      <Table
        label={t('lb.gateways')}
        columns={[
          t('lb.gateway'),
          t('lb.state'),
          t('lb.gateways.pools'),
          t('lb.gateways.listeners'),
          ...[t('lb.requests'), t('lb.inFlight'), t('lb.gateways.connections')].map(number => ({ number })),
          t('lb.gateways.heard'),
        ]}
      >
        {gateways.map(gateway => (
          <Row key={gateway.name} gateway={gateway} />
        ))}
      </Table>
    </section>
  )
}

function Row({ gateway }: { gateway: Gateway }) {
  const { t, zone } = useApp()
  const { name, address, version, state, pools, listeners, requests, inFlight, connections, lastAt } = gateway
  const [level, word] = STATES[state]
  return (
    <tr>
      <th scope="row">
        {name}
        <br />
        <span className={classes.address}>
          {address} · {version}
        </span>
      </th>
      <td>
        <Status level={level} word={t(word)} />
      </td>
      <td>{pools.join(', ')}</td>
      <td>
        {Object.entries(listeners)
          .map(([listener, at]) => `${listener} ${at}`)
          .join(', ')}
      </td>
      <NumberCell>{formatText(requests, 'count')}</NumberCell>
      <NumberCell>{formatText(inFlight, 'count')}</NumberCell>
      <NumberCell>{formatText(connections, 'count')}</NumberCell>
      <MutedCell>{dateTimeText(lastAt, zone)}</MutedCell>
    </tr>
  )
}
