import type { Attempt } from '../../api/probes'
import { DICTIONARIES, type MessageKey, type Translate } from '../../lib/i18n'

/** Why an attempt failed, in the reader's language; in the hub's own words when the kind is new to this page. */
export function failureWords(t: Translate, failure: NonNullable<Attempt['failure']>): string {
  const key = `probes.failure.${failure.kind}`
  if (!(key in DICTIONARIES.en)) return failure.message
  return (t as (key: MessageKey, params: { detail: string }) => string)(key as MessageKey, {
    detail: failure.detail,
  })
}

/** The name of a phase in the reader's language. */
export function phaseWords(t: Translate, phase: string): string {
  const key = `probes.phase.${phase}`
  return key in DICTIONARIES.en ? (t as (key: MessageKey) => string)(key as MessageKey) : phase
}
