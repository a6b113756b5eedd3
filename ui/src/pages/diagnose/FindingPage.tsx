import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import {
  type Advice,
  type Evidence,
  type Exonerated,
  type FindingDetail,
  findingQuery,
  type HostFinding,
  type NotJudged,
} from '../../api/findings'
import { type Proposal, proposalsQuery } from '../../api/tuning'
import { SignalChart } from '../../charts/SignalChart'
import { useApp } from '../../components/app'
import { culpritText, evidenceText, findingLevel, inLanguage, numberText } from '../../components/evidence'
import { Fact, Facts } from '../../components/Fact'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { FindingProfiles } from '../../components/profiles/FindingProfiles'
import { ProfileCulprit } from '../../components/profiles/ProfileDialog'
import { Status } from '../../components/Status'
import { Shell } from '../../components/shell/Shell'
import { ChangeDialog, type Step } from '../../components/tuning/ChangeDialog'
import { useTitle } from '../../components/useTitle'
import { dateTimeText } from '../../lib/time'

const route = getRouteApi('/inside/diagnose/findings/$id')
const AROUND = 10 * 60_000
const MINUTE = 60_000

/** One finding: the numbers for it, who is behind it, what to do, and what it is not. */
export default function FindingPage() {
  const { t, lang } = useApp()
  const { id } = route.useParams()
  const query = useQuery(findingQuery(id))
  const { data } = query
  const title = data === undefined ? id : inLanguage(data.finding.finding.title, lang)
  useTitle(title)
  return (
    <Shell timed={false} crumbs={[{ text: t('nav.diagnose'), to: '/diagnose' }, { text: title }]}>
      <Loaded query={query} height={480} missing={t('diagnose.notFound')}>
        {detail => <Body detail={detail} />}
      </Loaded>
    </Shell>
  )
}

function Body({ detail }: { detail: FindingDetail }) {
  const { t, lang, zone, duration } = useApp()
  const one = detail.finding
  const { finding } = one
  const { data: proposals } = useQuery(proposalsQuery(one.id))
  return (
    <>
      <div className={classes.head}>
        <h1>
          {inLanguage(finding.title, lang)}{' '}
          <span className={classes.subject}>
            {one.host}
            {finding.subject !== '' && ` · ${finding.subject}`}
          </span>
        </h1>
        <Status level={findingLevel(finding)} word={t(`diagnose.tier.${finding.tier}`)} />
      </div>
      <div className={classes.columns}>
        <div>
          <Facts>
            <Fact name={t('diagnose.confidence')}>{Math.round(100 * finding.confidence)} %</Fact>
            <Fact name={t('diagnose.culprit')}>
              {culpritText(finding) ?? '–'} <ProfileCulprit one={one} />
            </Fact>
            <Fact name={t('diagnose.began')}>{dateTimeText(one.beganAt, zone)}</Fact>
            <Fact name={t('diagnose.lasted')}>
              {duration(Math.max(1000, (one.endedAt ?? Date.now()) - one.beganAt))}
              {one.endedAt === null && ` · ${t('diagnose.still')}`}
            </Fact>
            <Fact name={t('incident.server')}>
              <Link to="/fleet" search={{ q: one.host } as never}>
                {one.host}
              </Link>
            </Fact>
          </Facts>
          {finding.evidence.map(evidence => (
            <EvidenceCard key={evidence.what.en + evidence.unit} evidence={evidence} one={one} />
          ))}
        </div>
        <div>
          <FindingProfiles finding={one.id} />
          <div className={classes.card}>
            <h2>{t('diagnose.advice')}</h2>
            {finding.advice.length === 0 ? (
              <p className={classes.pad}>{t('diagnose.advice.none')}</p>
            ) : (
              <ul>
                {finding.advice.map((advice, i) => (
                  <AdviceLine
                    key={advice.why.en}
                    advice={advice}
                    proposal={proposals?.find(one => one.advice === i)}
                    finding={one.id}
                  />
                ))}
              </ul>
            )}
          </div>
          {detail.notes.length > 0 && (
            <div className={classes.card}>
              <h2>{t('diagnose.notes')}</h2>
              <ul>
                {detail.notes.map(note => (
                  <li key={note.en} className={`${classes.row} ${classes.hint}`}>
                    {inLanguage(note, lang)}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <RuledOut exonerated={detail.exonerated} unknown={detail.unknown} />
        </div>
      </div>
    </>
  )
}

function EvidenceCard({ evidence, one }: { evidence: Evidence; one: HostFinding }) {
  const { t, lang } = useApp()
  // A view that grows by whole minutes is asked anew once a minute.
  const end = one.endedAt ?? Math.floor(Date.now() / MINUTE) * MINUTE + MINUTE
  const { beganAt, endedAt } = one
  const view = useMemo(
    () => ({ from: beganAt - AROUND, to: endedAt === null ? end : end + AROUND }),
    [beganAt, endedAt, end],
  )
  const ribbon = useMemo(() => [{ from: beganAt, to: end }], [beganAt, end])
  const host = one.host.replace(/[\\"]/g, '\\$&')
  return (
    <div className={classes.card}>
      <div className={classes.pad}>
        <strong>{inLanguage(evidence.what, lang)}</strong>{' '}
        <span className={classes.number}>
          {numberText(evidence.value, evidence.unit)} ({evidence.above ? '>' : '<'}{' '}
          {numberText(evidence.threshold, evidence.unit)})
        </span>
        {!evidence.met && <span className={classes.subject}> · {t('diagnose.notMet')}</span>}
        {evidence.query !== '' && (
          <>
            <SignalChart
              signal={evidence.query.replaceAll('$host', host)}
              threshold={evidence.threshold}
              view={view}
              ribbon={ribbon}
            />
            <details>
              <summary className={classes.hint}>PromQL</summary>
              <p className={classes.code}>{evidence.query.replaceAll('$host', host)}</p>
            </details>
          </>
        )}
      </div>
    </div>
  )
}

function AdviceLine({
  advice,
  proposal,
  finding,
}: {
  advice: Advice
  /** What the advice comes to on the server; none when no knob of it can be turned. */
  proposal: Proposal | undefined
  finding: string
}) {
  const { t, lang } = useApp()
  const { knob } = advice
  return (
    <li className={classes.row}>
      <div>
        {knob !== null && (
          <p className={classes.code}>
            {knob.name}
            {knob.target !== '' && ` [${knob.target}]`}: {knob.from === '' ? '?' : knob.from} → {knob.to}
          </p>
        )}
        <p>{inLanguage(advice.why, lang)}</p>
        <p className={classes.hint}>{t(`diagnose.risk.${advice.risk}`)}</p>
        <p>
          <a href={advice.source} rel="noreferrer noopener" target="_blank">
            {t('diagnose.source')}
          </a>
        </p>
        {proposal !== undefined && <ProposalButtons advice={advice} proposal={proposal} finding={finding} />}
      </div>
    </li>
  )
}

function ProposalButtons({
  advice: { why, source },
  proposal: { host, action, target, from, to, problemText, measure, sought },
  finding,
}: {
  advice: Advice
  proposal: Proposal
  finding: string
}) {
  const { t, lang } = useApp()
  const [step, setStep] = useState<Step | null>(null)
  // Without a value there is nothing to preview, only what is in the way.
  if (to === '') return <p className={classes.hint}>{inLanguage(problemText, lang)}</p>
  const steps = [
    ['preview', 'tuning.preview'],
    ['trial', 'tuning.try'],
    ['timed', 'tuning.apply'],
  ] as const
  return (
    <>
      <div className={classes.actions}>
        {steps.map(([one, word]) => (
          <Button key={one} size="compact-sm" mt={8} variant="default" onClick={() => setStep(one)}>
            {t(word)}
          </Button>
        ))}
      </div>
      {step !== null && (
        <ChangeDialog
          idea={{ wanted: { host, action, target, value: to }, from, why, source, measure, sought, finding }}
          step={step}
          onClose={() => setStep(null)}
        />
      )}
    </>
  )
}

function RuledOut({
  exonerated,
  unknown,
}: {
  exonerated: readonly Exonerated[]
  unknown: readonly NotJudged[]
}) {
  const { t, lang } = useApp()
  return (
    <div className={classes.card}>
      <h2>{t('diagnose.ruledOut')}</h2>
      <ul>
        {exonerated.map(one => (
          <li key={one.cause} className={classes.row}>
            <div>
              <p>{inLanguage(one.title, lang)}</p>
              <p className={classes.hint}>
                {one.evidence
                  .slice(0, 2)
                  .map(evidence => evidenceText(evidence, lang))
                  .join(' · ')}
              </p>
            </div>
          </li>
        ))}
        {unknown.map(one => (
          <li key={one.cause} className={classes.row}>
            <div>
              <p className={classes.subject}>
                {inLanguage(one.title, lang)} · {t('diagnose.notJudged')}
              </p>
              <p className={classes.hint}>{inLanguage(one.reason, lang)}</p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}
