import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

export interface Process {
  readonly pid: number
  readonly comm: string
  readonly user: string
  readonly unit: string | null
  readonly state: string
  readonly cpuCores: number | null
  readonly residentBytes: number | null
  readonly readBytesPerSecond: number | null
  readonly writtenBytesPerSecond: number | null
  readonly threads: number | null
  readonly openFds: number | null
}

export interface ProcessSnapshot {
  /** When it was taken; null when there is none, with the reason. */
  readonly at: number | null
  readonly periodMillis: number
  readonly reason: string | null
  readonly processes: readonly Process[]
}

/** The snapshot nearest at or before `at` (null: the newest). */
export const processesQuery = (host: string, at: number | null, limit: number) =>
  queryOptions({
    queryKey: ['processes', host, at, limit],
    queryFn: ({ signal }) => {
      const moment = at === null ? '' : `at=${Math.round(at)}&`
      return call<ProcessSnapshot>(
        'GET',
        `/hosts/${encodeURIComponent(host)}/processes?${moment}limit=${limit}`,
        undefined,
        signal,
      )
    },
    // What was running at a past moment does not change.
    staleTime: at === null ? 0 : 300_000,
    refetchInterval: at === null ? 5000 : false,
  })
