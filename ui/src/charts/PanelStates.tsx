import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ChartResult } from '../api/chart'
import { collectorsQuery, type Host } from '../api/hosts'
import { live } from '../api/live'
import { useApp } from '../components/app'
import { Failure, Notice } from '../components/States'
import { useTime } from '../components/time'
import classes from './PanelStates.module.css'
import type { Panel } from './panels'

/** Why a chart is empty: the hub did not answer, the query is wrong, it is not collected here, or there is nothing in the range. */
export function EmptyPanel({
  panel,
  host,
  error,
  failed,
  retry,
}: {
  panel: Panel
  host: Host
  error: Error | null
  failed: ChartResult['error']
  retry: () => void
}) {
  const { t, duration } = useApp()
  const time = useTime()
  const { data: collectors } = useQuery(collectorsQuery(host.id))
  const collector = collectors?.find(({ name }) => name === panel.collector)

  if (failed !== null) {
    const position = failed.position ?? null
    return (
      <Notice compact tone="bad" title={t('chart.error.title')}>
        {failed.message}
        {position !== null && ` (${t('chart.error.position', { n: position })})`}
      </Notice>
    )
  }
  if (error !== null) return <Failure error={error} retry={retry} needed="viewer" />
  if (collector !== undefined && collector.state !== 'ok') {
    return (
      <Notice compact title={t('chart.notCollected.title')}>
        {collector.reason}
      </Notice>
    )
  }
  const last = host.lastSampleAt
  if (last === null || time.live) {
    return (
      <Notice compact title={t('chart.noData.title')}>
        {t('chart.noData.never')}
      </Notice>
    )
  }
  return (
    <Notice
      compact
      title={t('chart.noData.title')}
      action={
        <Button
          size="xs"
          variant="default"
          onClick={() => time.zoom({ from: `${last - 900_000}`, to: `${last + 1000}` })}
        >
          {t('chart.noData.last', { age: duration(live.now() - last) })}
        </Button>
      }
    />
  )
}

export function StaleNote({ since }: { since: number }) {
  const { t, duration } = useApp()
  return <p className={classes.stale}>▲ {t('chart.stale', { age: duration(Date.now() - since) })}</p>
}
