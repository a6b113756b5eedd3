import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { profilesQuery } from '../../api/profiles'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import page from '../../components/Page.module.css'
import { noteText } from '../../components/profiles/words'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { dateTimeText } from '../../lib/time'
import classes from './Profiles.module.css'

/** Every profile that is kept, the newest first. */
export default function ProfilesPage() {
  const { t, zone } = useApp()
  useTitle(t('profile.title'))
  const query = useQuery(profilesQuery())
  return (
    <Shell
      timed={false}
      crumbs={[{ text: t('nav.diagnose'), to: '/diagnose' }, { text: t('profile.title') }]}
    >
      <div className={page.head}>
        <h1>{t('profile.title')}</h1>
      </div>
      <p className={page.lead}>{t('profile.lead')}</p>
      <div className={page.card}>
        <Loaded query={query} height={240}>
          {profiles =>
            profiles.length === 0 ? (
              <Notice title={t('profile.none')}>{t('profile.none.body')}</Notice>
            ) : (
              <ul>
                {profiles.map(one => (
                  <li key={one.id} className={classes.line}>
                    <Status
                      level={one.state === 'done' ? 'ok' : one.state === 'failed' ? 'warn' : 'none'}
                      word={t(`profile.state.${one.state}`)}
                    />
                    <Link to="/profiles/$id" params={{ id: one.id }}>
                      {one.comm} ({one.pid}) · {t(`profile.kind.${one.kind}`)}
                    </Link>
                    <span className={page.subject}>{one.host}</span>
                    <span className={page.hint}>
                      {dateTimeText(one.askedAt, zone)} · {one.seconds} s · {one.askedBy}
                      {one.failed !== null && ` · ${noteText(one.failed, t)}`}
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Shell>
  )
}
