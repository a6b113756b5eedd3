import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { BothLanguages } from '../../api/findings'
import { dryRunQuery, type Measure, type TuningState, tuningQuery, type WantedKnob } from '../../api/tuning'
import { useApp } from '../app'
import { inLanguage } from '../evidence'
import { FormError } from '../FormError'
import { Loaded } from '../Loaded'
import { Forbidden } from '../States'
import { FileDiff } from './FileDiff'
import { KnobDiff } from './KnobDiff'
import { PolicyHelp } from './PolicyHelp'
import { TimedForm } from './TimedForm'
import { TrialForm } from './TrialForm'
import classes from './Tuning.module.css'

/** A change that somebody thinks of, and where the thought comes from. */
export interface Idea {
  readonly wanted: WantedKnob
  /** The value as it was read when the idea came up; empty when it was not. */
  readonly from: string
  readonly why?: BothLanguages
  readonly source?: string
  /** What it should make better. */
  readonly measure: Measure | null
  /** By which share it should get better, from 0 to 1. */
  readonly sought?: number
  readonly finding?: string
}

export type Step = 'preview' | 'trial' | 'timed'

const HEIGHT = 320

/** What a change would do exactly, and the two ways to do it: measured, or for a while. */
export function ChangeDialog({ idea, step, onClose }: { idea: Idea; step: Step; onClose: () => void }) {
  const { t } = useApp()
  const state = useQuery(tuningQuery(idea.wanted.host))
  return (
    <Modal
      opened
      size={640}
      onClose={onClose}
      title={t('tuning.change.title', { host: idea.wanted.host })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Loaded query={state} height={HEIGHT}>
        {found => <Steps idea={idea} first={step} state={found} onClose={onClose} />}
      </Loaded>
    </Modal>
  )
}

function Steps({
  idea,
  first,
  state,
  onClose,
}: {
  idea: Idea
  first: Step
  state: TuningState
  onClose: () => void
}) {
  const { t, may } = useApp()
  const [step, setStep] = useState(first)
  const { wanted } = idea
  const dryRun = useQuery({ ...dryRunQuery(wanted), enabled: may('operator') && state.available })
  const { data, error } = dryRun
  const hindrance = hindranceOf(state, wanted, data?.objectionText ?? NONE)
  const close = (
    <Button variant="default" size="xs" onClick={onClose}>
      {t('action.close')}
    </Button>
  )
  return (
    <div className={classes.stack}>
      <KnobDiff
        action={wanted.action}
        target={wanted.target}
        before={data?.before ?? idea.from}
        after={data?.after ?? wanted.value}
      />
      {data !== undefined && data.diff !== '' && <FileDiff text={data.diff} />}
      <Facts idea={idea} state={state} />
      {error !== null && <FormError message={error.message} />}
      {hindrance}
      {hindrance === null && !may('admin') && <Forbidden needed="admin" />}
      {hindrance !== null || !may('admin') || error !== null ? (
        <div className={classes.buttons}>{close}</div>
      ) : step === 'trial' ? (
        <TrialForm
          idea={idea}
          measures={state.measures}
          pools={state.pools}
          onBack={() => setStep('preview')}
        />
      ) : step === 'timed' ? (
        <TimedForm wanted={wanted} onBack={() => setStep('preview')} />
      ) : (
        <div className={classes.buttons}>
          {close}
          <Button variant="default" size="xs" disabled={data === undefined} onClick={() => setStep('timed')}>
            {t('tuning.apply')}
          </Button>
          <Button size="xs" disabled={data === undefined} onClick={() => setStep('trial')}>
            {t('tuning.try')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Facts({ idea: { wanted, why, source }, state }: { idea: Idea; state: TuningState }) {
  const { t, lang } = useApp()
  const action = state.actions.find(one => one.name === wanted.action)
  return (
    <>
      {why !== undefined && (
        <p>
          {inLanguage(why, lang)}{' '}
          {source !== undefined && (
            <a href={source} rel="noreferrer noopener" target="_blank">
              {t('diagnose.source')}
            </a>
          )}
        </p>
      )}
      <dl className={classes.facts}>
        {action !== undefined && (
          <>
            <dt>{t('tuning.risk')}</dt>
            <dd>{t(`diagnose.risk.${action.risk}`)}</dd>
            <dt>{t('tuning.bounds')}</dt>
            <dd>{action.boundsText[lang]}</dd>
          </>
        )}
        <dt>{t('tuning.reversible')}</dt>
        <dd>
          {t(
            action?.target === 'process' || action?.target === 'unit'
              ? 'tuning.reversible.lives'
              : 'tuning.reversible.yes',
          )}
          {action?.newConnectionsOnly === true && ` ${t('tuning.newOnly')}`}
        </dd>
      </dl>
    </>
  )
}

/** Why the change cannot be made now, with what to do about it; null when it can. */
const NONE: BothLanguages = { en: '', zh: '' }

function hindranceOf(state: TuningState, wanted: WantedKnob, objection: BothLanguages): ReactNode {
  if (!state.available) return <Unavailable state={state} />
  if (state.stopped) return <Stopped />
  if (state.mode === 'observe' || objection.en !== '') {
    return <Forbade state={state} wanted={wanted} objection={objection} />
  }
  return null
}

function Unavailable({ state }: { state: TuningState }) {
  const { t, lang } = useApp()
  return (
    <div className={classes.help} role="note">
      <p className={classes.strong}>{t('tuning.unavailable')}</p>
      <p>{inLanguage(state.problemText, lang)}</p>
    </div>
  )
}

function Stopped() {
  const { t } = useApp()
  return (
    <div className={classes.help} role="note">
      <p className={classes.strong}>{t('tuning.stopped')}</p>
      <p>{t('tuning.stopped.resume')}</p>
    </div>
  )
}

function Forbade({
  state,
  wanted,
  objection,
}: {
  state: TuningState
  wanted: WantedKnob
  objection: BothLanguages
}) {
  const { t, lang } = useApp()
  const observes = state.mode === 'observe'
  return (
    <div role="note">
      <p className={classes.strong}>{t(observes ? 'tuning.observes' : 'tuning.notAllowed')}</p>
      <p className={classes.hint}>{inLanguage(observes ? state.reasonText : objection, lang)}</p>
      <PolicyHelp host={state.host} action={wanted.action} target={wanted.target} />
    </div>
  )
}
