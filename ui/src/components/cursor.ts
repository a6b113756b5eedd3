import { createStore } from '../lib/store'

export type Culprit = 'cpu' | 'memory' | 'io'

/** The moment somebody points at, and what made the chart under the pointer interesting. */
export const pointedMoment = createStore<{ readonly at: number; readonly by: Culprit } | null>(null)

/** The next click on a chart ends the range that began at the pinned moment. */
export const pickingEnd = createStore(false)
