import { queryOptions } from '@tanstack/react-query'
import { askPrometheus } from './client'

/** A target that the hub scrapes, as Prometheus's API tells it. */
export interface Target {
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly labels: Readonly<Record<string, string>>
  readonly health: 'up' | 'down' | 'unknown'
  /** What went wrong at the last scrape, or what of it was refused. */
  readonly lastError: string
  /** In ISO 8601; year 1 stands for never. */
  readonly lastScrape: string
  /** Seconds. */
  readonly lastScrapeDuration: number
  readonly scrapeInterval: string
}

export interface Targets {
  readonly activeTargets: readonly Target[]
  readonly droppedTargetCounts: Readonly<Record<string, number>>
}

export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  queryFn: () => askPrometheus<Targets>('targets', new URLSearchParams()),
  refetchInterval: 5_000,
})
