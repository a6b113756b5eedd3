/** What the store knows, for the completion of expressions. */
import { askPrometheus } from './client'

/** A list to choose from is no help when it is longer. */
const MOST = '5000'

function params(match: string | undefined): URLSearchParams {
  const all = new URLSearchParams({ limit: MOST })
  if (match !== undefined && match !== '') all.set('match[]', match)
  return all
}

export const labelNames = (match?: string): Promise<string[]> => askPrometheus('labels', params(match))

export const labelValues = (label: string, match?: string): Promise<string[]> =>
  askPrometheus(`label/${encodeURIComponent(label)}/values`, params(match))

export const series = (match: string): Promise<Record<string, string>[]> =>
  askPrometheus('series', params(match))

export const metricMetadata = (): Promise<Record<string, { type: string; help: string }[]>> =>
  askPrometheus('metadata', params(undefined))
