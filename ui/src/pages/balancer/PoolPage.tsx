import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type Host, hostsQuery } from '../../api/hosts'
import { type Pool, poolsQuery } from '../../api/pools'
import { BarList } from '../../charts/Bars'
import { PanelView } from '../../charts/PanelGrid'
import { Pie, topSlices } from '../../charts/Pie'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { assignSlots } from '../../lib/colour'
import { formatText } from '../../lib/units'
import settings from '../settings/Settings.module.css'
import { BackendTable } from './BackendTable'
import classes from './Balancer.module.css'
import { poolPanels, seriesKey } from './panels'
import { poolState } from './state'
import { WeightHistory } from './WeightHistory'

const route = getRouteApi('/inside/lb/$pool')
const root = getRouteApi('__root__')
const PERIOD_MILLIS = 10_000
const LARGE_HEIGHT = 420

/** One pool: its backends with their controls, who gets how much, charts, and why weights changed. */
export default function PoolPage() {
  const { t } = useApp()
  const { pool: name } = route.useParams()
  useTitle(`${name} · ${t('lb.title')}`)
  const query = useQuery(poolsQuery)
  return (
    <Shell timed crumbs={[{ text: t('nav.lb'), to: '/lb' }, { text: name }]}>
      <Loaded query={query} height={240}>
        {({ pools }) => {
          const pool = pools.find(one => one.name === name)
          return pool === undefined ? (
            <>
              <h1>{name}</h1>
              <Notice title={t('lb.noPool', { name })} />
            </>
          ) : (
            <Body pool={pool} />
          )
        }}
      </Loaded>
    </Shell>
  )
}

function Body({ pool }: { pool: Pool }) {
  const { t } = useApp()
  const [level, word] = poolState(pool)
  const { data: hosts } = useQuery(hostsQuery)
  const self = hosts?.find(one => one.self)
  return (
    <>
      <div className={classes.head}>
        <h1>{pool.name}</h1>
        <Status level={level} word={t(word)} />
        <span className={classes.facts}>
          {pool.engine !== '' && `${t('lb.engine', { name: pool.engine })} · `}
          {pool.policy}
          {' · '}
          {pool.followHealth ? t('lb.follows') : t('lb.fixed')}
          {pool.waiting > 0 && ` · ${t('lb.waiting', { n: pool.waiting })}`}
          {pool.shed > 0 && ` · ${t('lb.shed', { n: pool.shed })}`}
        </span>
      </div>
      <BackendTable pool={pool} />
      <Shares pool={pool} />
      {self !== undefined && <Charts pool={pool.name} self={self} />}
      <WeightHistory pool={pool.name} />
    </>
  )
}

function Shares({ pool }: { pool: Pool }) {
  const { t } = useApp()
  const slots = assignSlots(pool.backends.map(({ name }) => ({ key: seriesKey(name) })))
  const slices = topSlices(
    pool.backends.map(({ name, requests }, i) => ({ key: name, name, value: requests, slot: slots[i] ?? 0 })),
    n => t('chart.others', { n }),
  )
  if (slices.length === 0)
    return (
      <section className={settings.card}>
        <h2>{t('lb.share')}</h2>
        <Notice compact title={t('lb.noTraffic')} />
      </section>
    )
  const bars = pool.backends
    .map(({ name, share, expectedShare }) => ({
      key: name,
      name,
      value: share ?? 0,
      text:
        expectedShare === null
          ? formatText(100 * (share ?? 0), 'percent')
          : t('lb.shareOf', {
              share: formatText(100 * (share ?? 0), 'percent'),
              expected: formatText(100 * expectedShare, 'percent'),
            }),
      share: share ?? 0,
      over: false,
    }))
    .sort((a, b) => b.value - a.value)
  return (
    <div className={classes.shares}>
      <section className={settings.card}>
        <h2>{t('lb.share')}</h2>
        <div className={classes.inner}>
          <Pie slices={slices} unit="count" title={t('lb.share')} />
        </div>
      </section>
      <section className={settings.card}>
        <h2>{t('lb.shareAgainst')}</h2>
        <div className={classes.inner}>
          <BarList bars={bars} label={t('lb.shareAgainst')} />
        </div>
      </section>
    </div>
  )
}

/** The series of the gateway are the hub's own; it has neither a boot nor suspects to mark. */
function Charts({ pool, self }: { pool: string; self: Host }) {
  const panels = useMemo(() => poolPanels(pool), [pool])
  const host = useMemo(() => ({ ...self, bootedAt: null, periodMillis: PERIOD_MILLIS }), [self])
  const { panel: large } = root.useSearch()
  const chosen = panels.find(({ id }) => id === large)
  if (chosen !== undefined)
    return (
      <div className={classes.large}>
        <PanelView panel={chosen} host={host} height={LARGE_HEIGHT} />
      </div>
    )
  return (
    <div className={classes.charts}>
      {panels.map(panel => (
        <PanelView key={panel.id} panel={panel} host={host} />
      ))}
    </div>
  )
}
