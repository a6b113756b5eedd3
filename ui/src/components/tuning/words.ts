import type { EvidenceUnit } from '../../api/findings'
import type { Reason, ReasonCode, Trial, TrialDetail, TrialVerdict } from '../../api/tuning'
import type { PlainKey } from '../../lib/i18n'
import { formatText } from '../../lib/units'
import type { App } from '../app'
import { inLanguage, numberText } from '../evidence'
import type { Level } from '../Status'

/** 'CPUQuota of nginx.service' without words: a knob and what has it. */
export const knobText = ({ action, target }: { action: string; target: string }): string =>
  target === '' ? action : `${action} [${target}]`

export const shareText = (share: number): string => formatText(100 * share, 'percent')

/** An effect with its sign: positive is better, whichever way the measure goes. */
export const effectText = (share: number): string =>
  share < 0 ? `−${shareText(-share)}` : `+${shareText(share)}`

/** A measured number; '–' where there is none. */
export const measuredText = (value: number | null, unit: EvidenceUnit): string =>
  value === null ? '–' : numberText(value, unit)

const VERDICTS: Record<TrialVerdict, readonly [Level, PlainKey]> = {
  helped: ['ok', 'tuning.verdict.helped'],
  harmed: ['crit', 'tuning.verdict.harmed'],
  no_evidence: ['none', 'tuning.verdict.noEvidence'],
  not_tried: ['none', 'tuning.verdict.notTried'],
  aborted: ['none', 'tuning.verdict.aborted'],
}

/** How a trial stands: its verdict, or what it does now. */
export function trialState({ verdict, phase }: Trial): readonly [Level, PlainKey] {
  if (verdict !== null) return VERDICTS[verdict]
  return phase === 'noise' ? ['warn', 'tuning.phase.noise'] : ['warn', 'tuning.phase.blocks']
}

/** Between which shares the effect is, as far as the trial can tell. */
export function intervalText({ low, high }: Pick<Trial, 'low' | 'high'>, t: App['t']): string | undefined {
  if (low !== null && high !== null)
    return t('tuning.interval.both', { low: effectText(low), high: effectText(high) })
  if (low !== null) return t('tuning.interval.low', { low: effectText(low) })
  return high === null ? undefined : t('tuning.interval.high', { high: effectText(high) })
}

/** Reasons that are a server's own sentence: in English, then in Chinese, which what was stored before lacks. */
const TOLD: ReadonlySet<ReasonCode> = new Set(['refused', 'unreadable', 'old_value_owed'])

/** Why it ended as it did, in the reader's language; the English words where nothing else was stored. */
export function reasonText(reasons: readonly Reason[], english: string, { t, lang }: App): string {
  if (reasons.length === 0) return english
  return reasons
    .map(({ code, values: [a = '', b = '', c = '', d = ''] }) =>
      code === 'guard_tripped'
        ? t('tuning.why.guard_tripped', { a: lang === 'zh' ? b : a, b: c, c: d })
        : t(`tuning.why.${code}`, { a: lang === 'zh' && b !== '' && TOLD.has(code) ? b : a, b }),
    )
    .join(t('tuning.why.and'))
}

/** The verdict as a sentence. */
export function verdictText({ trial, noise, sought, guards }: TrialDetail, { t, lang }: App): string {
  const measure = inLanguage(trial.title, lang)
  const effect = shareText(Math.abs(trial.effect ?? 0))
  const tripped = guards.find(guard => guard.tripped)
  switch (trial.verdict) {
    case 'helped':
      return t('tuning.says.helped', { measure, effect })
    case 'harmed':
      return tripped === undefined
        ? t('tuning.says.harmed', { measure, effect })
        : t('tuning.says.tripped', {
            guard: inLanguage(tripped.title, lang),
            now: measuredText(tripped.now, tripped.unit),
            limit: measuredText(tripped.limit, tripped.unit),
          })
    case 'no_evidence':
      return t('tuning.says.noEvidence', { measure })
    case 'not_tried':
      if (noise === null) return t('tuning.says.notTried')
      return noise.smallestEffect === null
        ? t('tuning.says.tooNoisy', { measure })
        : t('tuning.says.hidden', {
            measure,
            smallest: shareText(noise.smallestEffect),
            sought: shareText(sought),
          })
    case 'aborted':
      return t('tuning.says.aborted')
    case null:
      return t(trial.phase === 'noise' ? 'tuning.says.noise' : 'tuning.says.blocks', { measure })
  }
}
