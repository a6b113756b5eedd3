import type { BothLanguages, Evidence, EvidenceUnit, Finding } from '../api/findings'
import type { Lang } from '../lib/i18n'
import { formatText, type Unit } from '../lib/units'
import type { Level } from './Status'

const UNITS: Record<EvidenceUnit, Unit> = {
  ratio: 'percent',
  cores: 'cores',
  bytes: 'bytes',
  bytes_per_second: 'bytesPerSecond',
  per_second: 'perSecond',
  seconds: 'seconds',
  count: 'count',
}

export const inLanguage = (text: BothLanguages, lang: Lang): string => (lang === 'zh' ? text.zh : text.en)

/** A number of the evidence with its unit; shares of one as percent. */
export const numberText = (value: number, unit: EvidenceUnit): string =>
  formatText(unit === 'ratio' ? value * 100 : value, UNITS[unit]) + (unit === 'cores' ? ' CPU' : '')

export const evidenceText = (one: Evidence, lang: Lang): string =>
  `${inLanguage(one.what, lang)}${lang === 'zh' ? '：' : ': '}${numberText(one.value, one.unit)}`

export const findingLevel = (finding: Finding): Level =>
  finding.tier === 'errors' ? 'crit' : finding.tier === 'saturation' ? 'warn' : 'none'

/** Who uses most of what is short; nothing when that is not known. */
export function culpritText(finding: Finding): string | undefined {
  const who = finding.culprit
  if (who === null) return undefined
  const name = who.process === '' ? who.unit : who.unit === '' ? who.process : `${who.process} (${who.unit})`
  return `${name} · ${numberText(who.amount, who.of)}`
}
