import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { FleetColumn, FleetFilter, FleetHost } from '../../api/fleet'
import { live } from '../../api/live'
import { useApp } from '../../components/app'
import type { PlainKey } from '../../lib/i18n'
import { formatText, type Unit } from '../../lib/units'
import { EditButton } from './EditButton'
import classes from './Fleet.module.css'
import { useRows } from './rows'
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

const CELLS = COLUMNS.length + 3
const ROW_HEIGHT = 37
/** Rows beyond the edges, so that the keyboard and a screen reader find the next one there. */
const OVERSCAN = 12

interface Props {
  readonly filter: FleetFilter
  /** How many servers the filter lets through. */
  readonly matched: number
  readonly sort: string | undefined
  readonly onSort: (column: FleetColumn) => void
  readonly onEdit: (one: FleetHost) => void
}

/** A row for each server that the filter lets through; only those in sight are asked for and drawn. */
export function FleetTable({ filter, matched, sort, onSort, onEdit }: Props) {
  const { t } = useApp()
  const scroller = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: matched,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  })
  const asked = JSON.stringify(filter)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter or order begins at the top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [asked])
  const drawn = rows.getVirtualItems()
  const row = useRows(filter, drawn[0]?.index ?? 0, drawn.at(-1)?.index ?? 0)
  const below = rows.getTotalSize() - (drawn.at(-1)?.end ?? 0)
  const order = (column: FleetColumn): 'ascending' | 'descending' | 'none' =>
    (sort ?? 'status').replace('-', '') !== column
      ? 'none'
      : sort?.startsWith('-') === true
        ? 'descending'
        : 'ascending'
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
    <section ref={scroller} className={classes.scroll} tabIndex={0} aria-label={t('fleet.title')}>
      {/* The margins stand for the rows that are not drawn. */}
      <table
        className={classes.table}
        aria-rowcount={matched + 1}
        style={{ marginTop: drawn[0]?.start ?? 0, marginBottom: below }}
      >
        <thead>
          <tr aria-rowindex={1}>
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
              <span className="sr-only">{t('fleet.column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {drawn.map(({ index }) => {
            const { one, strip } = row(index)
            return (
              <tr
                key={index}
                ref={rows.measureElement}
                data-index={index}
                aria-rowindex={index + 2}
                data-status={one?.status}
              >
                {one === undefined ? <td colSpan={CELLS} /> : <Row one={one} strip={strip} onEdit={onEdit} />}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** The cells of a server. */
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
    <>
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
    </>
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
