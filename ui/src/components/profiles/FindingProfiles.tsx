import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type Profile, profilesQuery, stacksQuery } from '../../api/profiles'
import { readStacks, topSelf } from '../../lib/flame'
import { dateTimeText } from '../../lib/time'
import { useApp } from '../app'
import page from '../Page.module.css'
import { Status } from '../Status'
import classes from './FindingProfiles.module.css'
import { noteText, valueText } from './words'

const TOP = 5

/** The profiles that were taken from a finding, with the functions at the top of the newest; nothing when there is none. */
export function FindingProfiles({ finding }: { finding: string }) {
  const { t, zone } = useApp()
  const { data } = useQuery(profilesQuery(finding))
  if (data === undefined || data.length === 0) return null
  const shown = data.find(one => one.result !== null)
  return (
    <div className={page.card}>
      <h2>{t('profile.title')}</h2>
      <ul>
        {data.map(one => (
          <li key={one.id} className={page.row}>
            <div>
              <Link to="/profiles/$id" params={{ id: one.id }}>
                {one.comm} ({one.pid}) · {t(`profile.kind.${one.kind}`)}
              </Link>
              <p className={page.hint}>
                {dateTimeText(one.askedAt, zone)} · {one.askedBy}
                {one.failed !== null && ` · ${noteText(one.failed, t)}`}
              </p>
              {one === shown && <Top profile={one} />}
            </div>
            <Status
              level={one.state === 'done' ? 'ok' : one.state === 'failed' ? 'warn' : 'none'}
              word={t(`profile.state.${one.state}`)}
            />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Top({ profile: { id, result } }: { profile: Profile }) {
  const { data } = useQuery(stacksQuery(id, undefined))
  const root = useMemo(() => (data === undefined ? undefined : readStacks(data, false)), [data])
  if (root === undefined || result === null) return null
  const share = (value: number) => value / Math.max(1, root.value)
  return (
    <ol className={classes.top}>
      {topSelf(root, TOP).map(({ name, self }) => (
        <li key={name}>
          <span className={classes.bar} style={{ inlineSize: `${100 * share(self)}%` }} />
          <span className={classes.name}>{name}</span>
          <span className={page.number}>
            {(100 * share(self)).toFixed(1)} % · {valueText(self, result)}
          </span>
        </li>
      ))}
    </ol>
  )
}
