import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { findingsQuery, type HostFinding } from '../../api/findings'
import { useApp } from '../../components/app'
import { culpritText, evidenceText, findingLevel, inLanguage } from '../../components/evidence'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { dateTimeText } from '../../lib/time'

const route = getRouteApi('/inside/diagnose')

const PERIODS = [1, 7, 30, 90] as const
const DAY = 24 * 3_600_000
const MINUTE = 60_000

/** What diagnosis found on every server, what still is first; as far back as it is kept. */
export default function FindingsPage() {
  const { t } = useApp()
  useTitle(t('diagnose.title'))
  const { host, days } = route.useSearch()
  const navigate = route.useNavigate()
  // A beginning that moves by whole minutes is asked anew once a minute.
  const from = (days ?? PERIODS[1]) * DAY
  const since = Math.floor(Date.now() / MINUTE) * MINUTE - from
  const filter = days === 0 ? { state: 'open' as const } : { from: since }
  const query = useQuery(findingsQuery(host === undefined ? filter : { ...filter, host }))
  return (
    <Shell timed={false} crumbs={[{ text: t('nav.diagnose') }]}>
      <div className={classes.head}>
        <h1>{t('diagnose.title')}</h1>
        <Link to="/profiles" search={true as never}>
          {t('profile.title')}
        </Link>
      </div>
      <p className={classes.lead}>{t('diagnose.lead')}</p>
      <div className={classes.filters}>
        <TextInput
          size="xs"
          aria-label={t('diagnose.host')}
          placeholder={t('diagnose.host')}
          defaultValue={host ?? ''}
          onChange={event => {
            const name = event.currentTarget.value.trim()
            void navigate({
              search: ((old: object) => ({ ...old, host: name === '' ? undefined : name })) as never,
              replace: true,
            })
          }}
        />
        <Select
          size="xs"
          aria-label={t('diagnose.period')}
          allowDeselect={false}
          data={[
            { value: '0', label: t('diagnose.period.open') },
            ...PERIODS.map(n => ({ value: String(n), label: t('diagnose.period.days', { n }) })),
          ]}
          value={String(days ?? PERIODS[1])}
          onChange={value =>
            void navigate({
              search: ((old: object) => ({ ...old, days: Number(value) })) as never,
              replace: true,
            })
          }
        />
      </div>
      <div className={classes.card}>
        <Loaded query={query} height={240}>
          {findings =>
            findings.length === 0 ? (
              <Notice title={t('diagnose.none')}>{t('diagnose.none.body')}</Notice>
            ) : (
              <ul>
                {findings.map(one => (
                  <Line key={one.id} one={one} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Shell>
  )
}

function Line({ one }: { one: HostFinding }) {
  const { t, lang, zone, duration } = useApp()
  const { finding } = one
  return (
    <li className={classes.incident} data-over={one.endedAt !== null || undefined}>
      {one.endedAt === null ? (
        <Status level={findingLevel(finding)} word={t(`diagnose.tier.${finding.tier}`)} />
      ) : (
        <Status level="ok" word={t('diagnose.over')} />
      )}
      <div className={classes.what}>
        <Link to="/diagnose/findings/$id" params={{ id: one.id }} search={true as never}>
          {inLanguage(finding.title, lang)}
        </Link>{' '}
        <span className={classes.subject}>
          {one.host}
          {finding.subject !== '' && ` · ${finding.subject}`}
        </span>
        <p className={classes.hint}>
          {finding.evidence
            .filter(evidence => evidence.met)
            .slice(0, 2)
            .map(evidence => evidenceText(evidence, lang))
            .join(' · ')}
        </p>
      </div>
      <p className={classes.hint}>{culpritText(finding) ?? '–'}</p>
      <div className={classes.hint}>
        <p>{dateTimeText(one.beganAt, zone)}</p>
        <p>{duration(Math.max(1000, (one.endedAt ?? Date.now()) - one.beganAt))}</p>
      </div>
    </li>
  )
}
