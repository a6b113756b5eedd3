import { Link } from '@tanstack/react-router'
import type { FleetHost } from '../../api/fleet'
import { isOver, SignalBar, useSignals } from '../../charts/Signals'
import { Sparkline } from '../../charts/Sparkline'
import { useApp } from '../../components/app'
import { useOnScreen } from '../../components/useOnScreen'
import { formatText } from '../../lib/units'
import { EditButton } from './EditButton'
import classes from './Fleet.module.css'
import { StatusStrip } from './StatusStrip'
import { FleetBadge, worstOf } from './words'

interface Props {
  readonly hosts: readonly FleetHost[]
  readonly strips: Readonly<Record<string, string>> | undefined
  readonly onEdit: (one: FleetHost) => void
}

/** A card for each server. */
export function FleetCards({ hosts, strips, onEdit }: Props) {
  return (
    <ul className={classes.cards}>
      {hosts.map(one => (
        <ServerCard key={one.host.id} one={one} strip={strips?.[one.host.name]} onEdit={onEdit} />
      ))}
    </ul>
  )
}

function ServerCard({
  one,
  strip,
  onEdit,
}: {
  one: FleetHost
  strip: string | undefined
  onEdit: (one: FleetHost) => void
}) {
  const app = useApp()
  const { t } = app
  const { host, attributes } = one
  const [box, visible] = useOnScreen<HTMLLIElement>()
  const signals = useSignals(host, visible)
  const worst = worstOf(one, app)
  return (
    <li ref={box} className={classes.card} data-status={one.status}>
      <Link
        to="/servers/$id/$tab"
        params={{ id: host.id, tab: 'overview' }}
        search={true as never}
        className={classes.open}
      >
        <span className={classes.top}>
          <FleetBadge one={one} />
          <span className={classes.name}>{host.name}</span>
        </span>
        <span className={classes.tags}>
          {host.self && <span className={classes.tag}>{t('host.self')}</span>}
          {one.simulated && <span className={classes.tag}>{t('fleet.simulated')}</span>}
          {one.outdated && <span className={classes.tag}>{t('fleet.outdated.one')}</span>}
          {[attributes.group, attributes.owner, ...attributes.tags]
            .filter(word => word !== '')
            .map(word => (
              <span key={word} className={classes.tag}>
                {word}
              </span>
            ))}
        </span>
        <span className={classes.cells}>
          {signals?.map(signal => (
            <span key={signal.id} className={classes.cell} data-over={isOver(signal) || undefined}>
              <span className={classes.label}>{t(signal.title)}</span>
              <span className={classes.number}>{formatText(signal.value, signal.unit)}</span>
              <SignalBar signal={signal} />
              <Sparkline
                values={signal.values}
                height={20}
                {...(signal.unit === 'percent' ? { max: 100 } : {})}
              />
            </span>
          ))}
        </span>
        <span className={classes.worst} data-quiet={worst === null || undefined}>
          {worst ?? t('fleet.worst.quiet')}
        </span>
        <StatusStrip strip={strip} />
      </Link>
      <EditButton one={one} onEdit={onEdit} />
    </li>
  )
}
