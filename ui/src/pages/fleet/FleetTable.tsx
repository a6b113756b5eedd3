import { Link } from '@tanstack/react-router'
import type { FleetColumn, FleetHost } from '../../api/fleet'
import { live } from '../../api/live'
import { useApp } from '../../components/app'
import type { PlainKey } from '../../lib/i18n'
import { formatText, type Unit } from '../../lib/units'
import { EditButton } from './EditButton'
import classes from './Fleet.module.css'
import { StatusStrip } from './StatusStrip'
import { FleetBadge, isOverLimit, worstOf } from './words'

const COLUMNS: readonly (readonly [FleetColumn, PlainKey, boolean])[] = [
  ['status', 'fleet.column.status', false],
  ['name', 'fleet.column.name', false],
  ['group', 'fleet.column.group', false],
  ['cpu', 'signal.cpu', true],
  ['memory', 'signal.memory', true],
  ['disk', 'signal.disk', true],
  ['network', 'signal.network', true],
]

interface Props {
  readonly hosts: readonly FleetHost[]
  readonly strips: Readonly<Record<string, string>> | undefined
  readonly sort: string | undefined
  readonly onSort: (column: FleetColumn) => void
  readonly onEdit: (one: FleetHost) => void
}

/** A row for each server of this page of the fleet; the hub sorts. */
export function FleetTable({ hosts, strips, sort, onSort, onEdit }: Props) {
  const { t } = useApp()
  const order = (column: FleetColumn): 'ascending' | 'descending' | 'none' =>
    (sort ?? 'status').replace('-', '') !== column
      ? 'none'
      : sort?.startsWith('-') === true
        ? 'descending'
        : 'ascending'
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label={t('fleet.title')}>
      <table className={classes.table}>
        <thead>
          <tr>
            {COLUMNS.map(([column, word, number]) => (
              <th key={column} scope="col" aria-sort={order(column)} data-number={number || undefined}>
                <button type="button" className={classes.sort} onClick={() => onSort(column)}>
                  {t(word)}
                  <span aria-hidden="true">
                    {order(column) === 'none' ? '' : order(column) === 'ascending' ? ' ↑' : ' ↓'}
                  </span>
                </button>
              </th>
            ))}
            <th scope="col">{t('fleet.column.worst')}</th>
            <th scope="col">{t('fleet.strip')}</th>
            <th scope="col">
              <span className={classes.hidden}>{t('fleet.column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hosts.map(one => (
            <Row key={one.host.id} one={one} strip={strips?.[one.host.name]} onEdit={onEdit} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({
  one,
  strip,
  onEdit,
}: {
  one: FleetHost
  strip: string | undefined
  onEdit: (one: FleetHost) => void
}) {
  const app = useApp()
  const { t, duration } = app
  const { host, attributes } = one
  const { cpu, memory, disk, mount, networkBytesPerSecond } = host.signals
  const seen =
    host.lastSampleAt === null
      ? undefined
      : t('host.lastSample', { age: duration(live.now() - host.lastSampleAt) })
  return (
    <tr data-status={one.status}>
      <td title={seen}>
        <FleetBadge one={one} />
      </td>
      <th scope="row">
        <Link to="/servers/$id/$tab" params={{ id: host.id, tab: 'overview' }} search={true as never}>
          {host.name}
        </Link>
        {one.simulated && <span className={classes.tag}>{t('fleet.simulated')}</span>}
        {one.outdated && <span className={classes.tag}>{t('fleet.outdated.one')}</span>}
        {attributes.tags.map(tag => (
          <span key={tag} className={classes.tag}>
            {tag}
          </span>
        ))}
      </th>
      <td className={classes.group}>
        {attributes.group}
        {attributes.owner !== '' && <small>{attributes.owner}</small>}
      </td>
      <Figure value={cpu} share unit="percent" over={isOverLimit('cpu', cpu)} />
      <Figure value={memory} share unit="percent" over={isOverLimit('memory', memory)} />
      <Figure value={disk} share unit="percent" over={isOverLimit('disk', disk)} hint={mount} />
      <Figure
        value={networkBytesPerSecond === null ? null : 8 * networkBytesPerSecond}
        unit="bitsPerSecond"
        over={false}
      />
      <td className={classes.words}>{worstOf(one, app) ?? ''}</td>
      <td>
        <StatusStrip strip={strip} />
      </td>
      <td>
        <EditButton one={one} onEdit={onEdit} />
      </td>
    </tr>
  )
}

function Figure({
  value,
  unit,
  over,
  share = false,
  hint = null,
}: {
  value: number | null
  unit: Unit
  over: boolean
  share?: boolean
  hint?: string | null
}) {
  const shown = value === null ? null : share ? 100 * value : value
  return (
    <td className={classes.figure} data-over={over || undefined} title={hint ?? undefined}>
      {over && <span aria-hidden="true">▲ </span>}
      {formatText(shown, unit)}
      {share && shown !== null && (
        <span className={classes.bar}>
          <span style={{ width: `${Math.min(100, shown)}%` }} />
        </span>
      )}
    </td>
  )
}
