import type { Labels } from '../lib/labels'
import { ApiError, call } from './client'

export interface ChartQuery {
  readonly id: string
  readonly expr: string
}

export interface SeriesStats {
  readonly min: number | null
  readonly avg: number | null
  readonly max: number | null
  readonly last: number | null
}

export interface ChartSeries {
  readonly labels: Labels
  readonly avg: readonly (number | null)[]
  /** Null when a bucket holds one evaluation. */
  readonly min: readonly (number | null)[] | null
  readonly max: readonly (number | null)[] | null
  /** From the raw evaluations on the hub, not from what is drawn. */
  readonly stats: SeriesStats
}

export interface ChartResult {
  readonly id: string
  readonly error: { readonly message: string; readonly position?: number | null } | null
  readonly series: readonly ChartSeries[]
  readonly warnings?: readonly string[]
}

export interface ChartAnswer {
  readonly from: number
  readonly to: number
  /** Width of a bucket. */
  readonly stepMillis: number
  /** Distance of the evaluations inside a bucket. */
  readonly resolutionMillis: number
  readonly times: readonly number[]
  readonly results: readonly ChartResult[]
}

interface Waiting {
  readonly queries: readonly ChartQuery[]
  readonly resolve: (answer: ChartAnswer) => void
  readonly reject: (error: unknown) => void
}

/** The hub answers at most this many expressions at once. */
const MOST_QUERIES = 50

const batches = new Map<string, Waiting[]>()

/**
 * History of some expressions. The charts of a page ask within one turn of the event loop and for the same
 * range, so their questions travel as one request.
 */
export function readChart(
  from: number,
  to: number,
  maxPoints: number,
  queries: readonly ChartQuery[],
): Promise<ChartAnswer> {
  const key = `${from}/${to}/${maxPoints}`
  return new Promise((resolve, reject) => {
    const waiting = batches.get(key)
    if (waiting !== undefined) {
      waiting.push({ queries, resolve, reject })
      return
    }
    const batch: Waiting[] = [{ queries, resolve, reject }]
    batches.set(key, batch)
    setTimeout(() => {
      batches.delete(key)
      for (const part of partition(batch)) void send(from, to, maxPoints, part)
    }, 0)
  })
}

function partition(batch: readonly Waiting[]): Waiting[][] {
  const parts: Waiting[][] = [[]]
  let size = 0
  for (const waiting of batch) {
    if (size > 0 && size + waiting.queries.length > MOST_QUERIES) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(waiting)
    size += waiting.queries.length
  }
  return parts
}

async function send(from: number, to: number, maxPoints: number, batch: readonly Waiting[]): Promise<void> {
  const queries = batch.flatMap(({ queries: wanted }, i) =>
    wanted.map(({ id, expr }) => ({ id: `${i}.${id}`, expr })),
  )
  try {
    const answer = await call<ChartAnswer>('POST', '/chart', { from, to, maxPoints, queries })
    const results = new Map(answer.results.map(result => [result.id, result]))
    batch.forEach(({ queries: wanted, resolve, reject }, i) => {
      const mine: ChartResult[] = []
      for (const { id } of wanted) {
        const result = results.get(`${i}.${id}`)
        if (result !== undefined) mine.push({ ...result, id })
      }
      if (mine.length === wanted.length) resolve({ ...answer, results: mine })
      else reject(new ApiError('internal', 'The hub left an expression of this chart unanswered.', 200))
    })
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}
