import { Button, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { configurationQuery, configure, type Engine, type Pool, poolsQuery } from '../../api/pools'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { formatText } from '../../lib/units'
import settings from '../settings/Settings.module.css'
import classes from './Balancer.module.css'
import { GatewayTable } from './GatewayTable'
import { isServing, poolState } from './state'

/** Every pool of the load balancer, and its configuration. */
export default function BalancerPage() {
  const { t, may } = useApp()
  useTitle(t('lb.title'))
  const query = useQuery(poolsQuery)
  return (
    <Shell timed={false} crumbs={[{ text: t('nav.lb') }]}>
      <div className={classes.head}>
        <h1>{t('lb.title')}</h1>
        {query.data !== undefined && <Listeners listeners={query.data.listeners} />}
      </div>
      <Loaded query={query} height={160}>
        {({ problems, engines, origin, pools }) => (
          <>
            {problems.length > 0 && (
              <Notice tone="bad" title={t('lb.problems')}>
                <ul className={classes.problems}>
                  {problems.map(problem => (
                    <li key={problem}>{problem}</li>
                  ))}
                </ul>
              </Notice>
            )}
            {engines.map(engine => (
              <EngineProblems key={engine.name} engine={engine} />
            ))}
            {origin === 'none' && engines.length === 0 && (
              <Notice title={t('lb.none.title')}>{t('lb.none.body')}</Notice>
            )}
            <div className={classes.pools}>
              {pools.map(pool => (
                <PoolCard key={pool.name} pool={pool} />
              ))}
            </div>
            <GatewayTable />
          </>
        )}
      </Loaded>
      {may('admin') && <Source />}
    </Shell>
  )
}

function Listeners({ listeners }: { listeners: Readonly<Record<string, string>> }) {
  return (
    <span className={classes.facts}>
      {Object.entries(listeners)
        .map(([name, address]) => `${name} ${address}`)
        .join(' · ')}
    </span>
  )
}

function EngineProblems({ engine: { name, isReached, problems } }: { engine: Engine }) {
  const { t } = useApp()
  if (problems.length === 0) return null
  return (
    <Notice
      tone={isReached ? 'plain' : 'bad'}
      title={isReached ? t('lb.engine.problems', { name }) : t('lb.engine.gone', { name })}
    >
      <ul className={classes.problems}>
        {problems.map(problem => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Notice>
  )
}

function PoolCard({ pool }: { pool: Pool }) {
  const { t } = useApp()
  const [level, word] = poolState(pool)
  const requests = pool.backends.reduce((sum, one) => sum + one.requests, 0)
  return (
    <Link to="/lb/$pool" params={{ pool: pool.name }} search={true as never} className={classes.pool}>
      <h2>{pool.name}</h2>
      <Status level={level} word={t(word)} />
      <span className={classes.facts}>
        {t('lb.card', {
          serving: pool.backends.filter(isServing).length,
          all: pool.backends.length,
          requests: formatText(requests, 'count'),
          policy: pool.policy,
        })}
        {pool.engine !== '' && ` · ${t('lb.engine', { name: pool.engine })}`}
      </span>
    </Link>
  )
}

/** The configuration as it was written; a wrong one is refused with every problem. */
function Source() {
  const { t } = useApp()
  const queries = useQueryClient()
  const { data } = useQuery(configurationQuery)
  const [draft, setDraft] = useState<string | null>(null)
  const apply = useMutation({
    mutationFn: configure,
    onSuccess: async () => {
      setDraft(null)
      await queries.invalidateQueries({ queryKey: configurationQuery.queryKey })
      await queries.invalidateQueries({ queryKey: poolsQuery.queryKey })
    },
  })
  if (data === undefined) return null
  return (
    <section className={settings.card}>
      <h2>{t('lb.configuration')}</h2>
      <form
        className={`${classes.inner} ${classes.source} ${settings.stack}`}
        onSubmit={event => {
          event.preventDefault()
          apply.mutate(draft ?? data.text)
        }}
      >
        <p className={settings.hint}>
          {data.origin === 'file'
            ? t('lb.configuration.file', { file: data.file })
            : t('lb.configuration.hint')}
        </p>
        <Textarea
          aria-label={t('lb.configuration')}
          rows={16}
          spellCheck={false}
          readOnly={data.origin === 'file'}
          value={draft ?? data.text}
          placeholder={EXAMPLE}
          onChange={event => setDraft(event.currentTarget.value)}
        />
        {apply.error !== null && (
          <ul className={classes.problems} role="alert">
            {apply.error.message.split('\n').map(problem => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
        {data.origin !== 'file' && (
          <div className={settings.buttons}>
            <Button
              variant="default"
              size="xs"
              disabled={draft === null}
              onClick={() => {
                setDraft(null)
                apply.reset()
              }}
            >
              {t('action.cancel')}
            </Button>
            <Button type="submit" size="xs" disabled={draft === null} loading={apply.isPending}>
              {t('action.apply')}
            </Button>
          </div>
        )}
      </form>
    </section>
  )
}

const EXAMPLE = `listeners:
- {name: web, address: "0.0.0.0:8080"}
routes:
- {pool: app}
pools:
- name: app
  policy: weighted-round-robin
  followHealth: true
  check: {http: /healthz}
  backends:
  - {name: web-1, address: "10.0.0.11:8080", host: web-1}
  - {name: web-2, address: "10.0.0.12:8080", host: web-2}
`
