import type { Profile } from '../../api/profiles'
import type { Trial, TrialBlock } from '../../api/tuning'

/** How long before a trial a profile still shows how things were without its change. */
const BEFORE = 24 * 3_600_000

/** When a profile was taken. */
export const took = (profile: Profile) => profile.result?.beganAt ?? profile.askedAt

/** The newest profile with the change and the newest without it, of each process and kind. */
export function comparisons(
  profiles: readonly Profile[],
  trial: Pick<Trial, 'beganAt' | 'endedAt' | 'kept'>,
  blocks: readonly TrialBlock[],
) {
  const isOn = (at: number) =>
    blocks.some(block => block.on && block.from <= at && at < block.to) ||
    (trial.kept && trial.endedAt !== null && at >= trial.endedAt)
  const isOff = (at: number) =>
    (at >= trial.beganAt - BEFORE && at < trial.beganAt) ||
    blocks.some(block => !block.on && block.from <= at && at < block.to)
  const newest = (wanted: (at: number) => boolean) => {
    const found = new Map<string, Profile>()
    for (const one of profiles) {
      const key = `${one.comm} ${one.kind}`
      const known = found.get(key)
      if (wanted(took(one)) && (known === undefined || took(known) < took(one))) found.set(key, one)
    }
    return found
  }
  const without = newest(isOff)
  return [...newest(isOn)].flatMap(([key, on]) => {
    const base = without.get(key)
    return base === undefined ? [] : [{ without: base, with: on }]
  })
}
