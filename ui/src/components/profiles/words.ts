import type { Profile, ProfileNote } from '../../api/profiles'
import type { PlainKey, Translate } from '../../lib/i18n'
import { en } from '../../lib/i18n/en'
import { formatText } from '../../lib/units'

/** A note in the reader's language, with what belongs to it; one of a newer agent in its own word. */
export function noteText({ code, detail }: ProfileNote, t: Translate): string {
  const key = `profile.note.${code}`
  const word = key in en ? t(key as PlainKey) : code
  return detail === '' ? word : `${word} ${detail}`
}

/** What a number of a profile's stacks means. */
export const valueText = (value: number, result: NonNullable<Profile['result']>): string =>
  result.unit === 'bytes'
    ? formatText(value, 'bytes')
    : formatText((value * (result.unit === 'samples' ? result.periodNanos : 1)) / 1e9, 'seconds')
