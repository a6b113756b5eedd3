import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { downloadAddress, type Profile, profileQuery, profilesQuery, stacksQuery } from '../../api/profiles'
import { useApp } from '../../components/app'
import { Fact, Facts } from '../../components/Fact'
import { Loaded } from '../../components/Loaded'
import page from '../../components/Page.module.css'
import { noteText, valueText } from '../../components/profiles/words'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { readStacks, topSelf } from '../../lib/flame'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import { FlameGraph } from './FlameGraph'
import { MemoryCharts } from './MemoryCharts'
import classes from './Profiles.module.css'

const route = getRouteApi('/inside/profiles/$id')
const TOP = 10

/** One profile: what is known about the run, its flame graph, and how it differs from another. */
export default function ProfilePage() {
  const { t } = useApp()
  const { id } = route.useParams()
  const query = useQuery(profileQuery(id))
  const title = query.data === undefined ? id : `${query.data.comm} (${query.data.pid})`
  useTitle(title)
  return (
    <Shell timed={false} crumbs={[{ text: t('profile.title'), to: '/profiles' }, { text: title }]}>
      <Loaded query={query} height={480} missing={t('profile.notFound')}>
        {profile => <Body profile={profile} />}
      </Loaded>
    </Shell>
  )
}

function Body({ profile }: { profile: Profile }) {
  const { t, zone } = useApp()
  const { result } = profile
  return (
    <>
      <div className={page.head}>
        <h1>
          {profile.comm} <span className={page.subject}>{profile.host}</span>
        </h1>
        <Status
          level={profile.state === 'done' ? 'ok' : profile.state === 'failed' ? 'warn' : 'none'}
          word={t(`profile.state.${profile.state}`)}
        />
      </div>
      <Facts>
        <Fact name={t('profile.kind')}>{t(`profile.kind.${profile.kind}`)}</Fact>
        <Fact name={t('profile.asked')}>
          {dateTimeText(profile.askedAt, zone)} · {profile.askedBy}
        </Fact>
        <Fact name={t('profile.seconds')}>
          {result === null ? `${profile.seconds} s` : formatText(result.lengthMillis / 1000, 'seconds')}
        </Fact>
        {result !== null && (
          <>
            <Fact name={t('profile.total')}>
              {valueText(result.total, result)} · {result.engine}
            </Fact>
            <Fact name={t('profile.target')}>{formatText(result.targetCpuSeconds, 'seconds')} CPU</Fact>
            <Fact name={t('profile.own')}>
              {result.ownCpuSeconds === null
                ? t('profile.own.unknown')
                : `${formatText(result.ownCpuSeconds, 'seconds')} CPU`}
            </Fact>
          </>
        )}
      </Facts>
      {[...(profile.failed === null ? [] : [profile.failed]), ...(result?.notes ?? [])].map(note => (
        <Notice key={note.code} title={noteText(note, t)} />
      ))}
      <MemoryCharts profile={profile} />
      {result !== null && <Stacks profile={profile} result={result} />}
    </>
  )
}

function Stacks({ profile, result }: { profile: Profile; result: NonNullable<Profile['result']> }) {
  const { t, zone } = useApp()
  const { diff } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: others } = useQuery(profilesQuery())
  const query = useQuery(stacksQuery(profile.id, diff))
  const comparable = (others ?? []).filter(
    one => one.id !== profile.id && one.result !== null && one.kind === profile.kind,
  )
  return (
    <div className={page.card}>
      <div className={classes.tools}>
        <Select
          size="xs"
          label={t('profile.compare')}
          clearable
          placeholder={t('profile.compare.none')}
          data={comparable.map(one => ({
            value: one.id,
            label: `${one.host} ${one.comm} · ${dateTimeText(one.askedAt, zone)}`,
          }))}
          value={diff ?? null}
          onChange={value =>
            void navigate({
              search: ((old: object) => ({ ...old, diff: value ?? undefined })) as never,
              replace: true,
            })
          }
        />
        <a href={downloadAddress(profile.id, 'collapsed')} download>
          collapsed
        </a>
        <a href={downloadAddress(profile.id, 'pprof')} download>
          pprof
        </a>
      </div>
      <Loaded query={query} height={320}>
        {text => (
          <>
            <FlameGraph
              key={`${profile.id} ${diff ?? ''}`}
              text={text}
              difference={diff !== undefined}
              show={value => valueText(value, result)}
            />
            <Top text={text} difference={diff !== undefined} result={result} />
          </>
        )}
      </Loaded>
    </div>
  )
}

/** The same as a list, for readers to whom a picture says nothing. */
function Top({
  text,
  difference,
  result,
}: {
  text: string
  difference: boolean
  result: NonNullable<Profile['result']>
}) {
  const { t } = useApp()
  const top = useMemo(() => topSelf(readStacks(text, difference), TOP), [text, difference])
  return (
    <details className={page.pad}>
      <summary>{t('profile.self')}</summary>
      <ul>
        {top.map(({ name, self }) => (
          <li key={name} className={classes.line}>
            <span className={page.number}>{valueText(self, result)}</span>
            <span>{name}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
