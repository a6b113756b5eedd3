import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { readChart } from '../../api/chart'
import { live } from '../../api/live'
import { csvText, download } from '../../charts/csv'
import { StaleNote } from '../../charts/PanelStates'
import { useApp } from '../../components/app'
import { Icon } from '../../components/icons'
import { Failure, Notice, Skeleton } from '../../components/States'
import { Shell } from '../../components/shell/Shell'
import { useTime } from '../../components/time'
import { useTitle } from '../../components/useTitle'
import { useWidth } from '../../components/useWidth'
import { resolve } from '../../lib/range'
import { dateTimeText } from '../../lib/time'
import type { Unit } from '../../lib/units'
import classes from './Explore.module.css'
import { ExpressionField } from './ExpressionField'
import { ResultView } from './ResultViews'
import { filtered, foundSeries } from './result'
import {
  type ExploreState,
  expressionsOf,
  guessUnit,
  letterOf,
  MOST_EXPRESSIONS,
  UNITS,
  VIEWS,
  type View,
  withExpressions,
} from './state'

const route = getRouteApi('/inside/explore')

const REFRESH_LEAST_MILLIS = 5_000
const REFRESH_MOST_MILLIS = 300_000
const EXAMPLES = [
  'sum by (mode) (rate(node_cpu_seconds_total[$window]))',
  'node_memory_MemAvailable_bytes',
  'topk(5, rate(node_network_receive_bytes_total[$window]))',
] as const

/** Any expression over any range, in five views; the address holds all of it. */
export default function ExplorePage() {
  const { t, zone } = useApp()
  const search = route.useSearch()
  const navigate = useNavigate()
  const time = useTime()
  useTitle(t('explore.title'))

  const asked = useMemo(() => expressionsOf(search), [search])
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => draftsOf(asked))
  // The address is the state: back, forward and shared links bring their expressions.
  const latest = useRef(drafts)
  latest.current = drafts
  useEffect(() => {
    if (textsOf(latest.current).join('\n') !== asked.join('\n')) setDrafts(draftsOf(asked))
  }, [asked])

  const change = (changed: { readonly [K in keyof ExploreState]?: ExploreState[K] | undefined }) =>
    void navigate({
      to: '.',
      search: ((old: object) => ({ ...old, ...changed })) as never,
      resetScroll: false,
    })
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const points = width === 0 ? 0 : Math.min(2000, Math.ceil(width / 50) * 50)
  const length = lengthOf(time.interval())
  const { data, error, refetch, dataUpdatedAt, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['explore', asked, time.range.from, time.range.to, points],
    queryFn: () => {
      const interval = resolve(time.range, live.now(), zone) ?? { from: 0, to: 1000 }
      const from = Math.floor(interval.from / 1000) * 1000
      const to = Math.floor(interval.to / 1000) * 1000
      return readChart(
        from,
        to,
        points,
        asked.map((expr, i) => ({ id: letterOf(i), expr })),
      )
    },
    enabled: asked.length > 0 && points > 0,
    placeholderData: keepPreviousData,
    refetchInterval:
      time.live && !time.paused
        ? Math.min(REFRESH_MOST_MILLIS, Math.max(REFRESH_LEAST_MILLIS, length / 200))
        : false,
  })
  const run = () => {
    const next = textsOf(latest.current)
    if (next.join('\n') === asked.join('\n')) void refetch()
    else change(withExpressions(next))
  }

  const view: View = search.viz ?? 'line'
  const unit: Unit = search.unit ?? guessUnit(asked)
  const answer = asked.length === 0 ? undefined : data
  const found = useMemo(
    () => (answer === undefined ? [] : foundSeries(answer, search.f ?? '')),
    [answer, search.f],
  )
  const interval = useMemo(
    () => (answer === undefined ? { from: 0, to: 1 } : { from: answer.from, to: answer.to }),
    [answer],
  )
  const total = answer?.results.reduce((sum, { series }) => sum + series.length, 0) ?? 0
  const failed = answer?.results.some(result => result.error !== null) ?? false

  return (
    <Shell timed crumbs={[{ text: t('nav.explore') }]}>
      <h1 className={classes.title}>{t('explore.title')}</h1>
      <section className={classes.card} aria-label={t('explore.expressions')}>
        {drafts.map((draft, i) => {
          const result =
            draft.text.trim() === asked[i] && !isPlaceholderData
              ? answer?.results.find(({ id }) => id === letterOf(i))
              : undefined
          return (
            <ExpressionField
              key={draft.key}
              letter={letterOf(i)}
              text={draft.text}
              error={result?.error ?? null}
              warnings={result?.warnings ?? []}
              onChange={text =>
                setDrafts(all => all.map(one => (one.key === draft.key ? { ...one, text } : one)))
              }
              onRun={run}
              onRemove={
                drafts.length === 1
                  ? undefined
                  : () => {
                      const rest = drafts.filter(one => one.key !== draft.key)
                      setDrafts(rest)
                      change(withExpressions(textsOf(rest)))
                    }
              }
            />
          )
        })}
        <div className={classes.actions}>
          <Button size="xs" leftSection={<Icon name="play" />} onClick={run} loading={isFetching && !data}>
            {t('explore.run')}
          </Button>
          {drafts.length < MOST_EXPRESSIONS && (
            <Button
              size="xs"
              variant="default"
              onClick={() => setDrafts([...drafts, { key: nextKey(drafts), text: '' }])}
            >
              {t('explore.add')}
            </Button>
          )}
          <span className={classes.keys}>{t('explore.keys')}</span>
        </div>
      </section>

      <section className={classes.card} aria-label={t('explore.result')} data-panel="explore">
        <div className={classes.bar}>
          <SegmentedControl
            size="xs"
            aria-label={t('explore.view')}
            value={view}
            onChange={value => change({ viz: VIEWS.find(one => one === value) })}
            data={VIEWS.map(value => ({ value, label: t(`explore.view.${value}`) }))}
          />
          <NativeSelect
            size="xs"
            aria-label={t('explore.unit')}
            value={search.unit ?? ''}
            onChange={event => change({ unit: UNITS.find(one => one === event.currentTarget.value) })}
            data={[
              { value: '', label: t('explore.unit.auto') },
              ...UNITS.map(value => ({ value, label: t(`explore.unit.${value}`) })),
            ]}
          />
          <TextInput
            size="xs"
            className={classes.filter}
            data-filter
            aria-label={t('explore.filter')}
            placeholder={t('explore.filter')}
            leftSection={<Icon name="search" size={14} />}
            value={search.f ?? ''}
            onChange={event => change({ f: event.currentTarget.value || undefined })}
          />
          <span className={classes.count} role="status">
            {answer !== undefined &&
              (found.length === total
                ? t('explore.count', { n: total })
                : t('explore.count.filtered', { n: found.length, all: total }))}
          </span>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Icon name="link" />}
            onClick={() => void navigator.clipboard?.writeText(location.href)}
          >
            {t('chart.link')}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Icon name="download" />}
            disabled={found.length === 0}
            onClick={() => {
              if (answer === undefined) return
              const rows = filtered(answer, found).results.flatMap(({ series }) => series)
              const stamp = dateTimeText(live.now(), zone).replace(/[: ]/g, '-')
              const named = rows.map((one, i) => ({ name: found[i]?.name ?? '', values: one.avg }))
              download(`explore-${stamp}.csv`, csvText(answer.times, named, zone))
            }}
          >
            {t('explore.csv')}
          </Button>
        </div>
        <div ref={box}>
          {asked.length === 0 && (
            <Notice title={t('explore.empty.title')}>
              <p>{t('explore.empty.body')}</p>
              <ul className={classes.examples}>
                {EXAMPLES.map(example => (
                  <li key={example}>
                    <button
                      type="button"
                      className={classes.example}
                      onClick={() => change(withExpressions([example]))}
                    >
                      {example}
                    </button>
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          {asked.length > 0 && answer === undefined && error === null && <Skeleton height={320} />}
          {answer === undefined && error !== null && (
            <Failure error={error} retry={() => void refetch()} needed="viewer" />
          )}
          {answer !== undefined && error !== null && <StaleNote since={dataUpdatedAt} />}
          {answer !== undefined && found.length === 0 && !failed && (
            <Notice
              title={total > 0 ? t('explore.noMatch', { f: search.f ?? '' }) : t('chart.noData.title')}
              {...(total > 0
                ? {
                    action: (
                      <Button size="xs" variant="default" onClick={() => change({ f: undefined })}>
                        {t('fleet.noMatch.action')}
                      </Button>
                    ),
                  }
                : {})}
            >
              {total === 0 && t('explore.noData.body')}
            </Notice>
          )}
          {answer !== undefined && found.length === 0 && failed && (
            <Notice title={t('explore.failed')}>{t('explore.failed.body')}</Notice>
          )}
          {answer !== undefined && found.length > 0 && (
            <ResultView
              view={view}
              unit={unit}
              expressions={asked}
              answer={answer}
              found={found}
              interval={interval}
            />
          )}
        </div>
      </section>
    </Shell>
  )
}

/** An expression as it is being written; the key stays while others come and go. */
interface Draft {
  readonly key: number
  readonly text: string
}

const draftsOf = (expressions: readonly string[]): Draft[] =>
  (expressions.length === 0 ? [''] : expressions).map((text, key) => ({ key, text }))

const textsOf = (drafts: readonly Draft[]): string[] =>
  drafts.map(({ text }) => text.trim()).filter(text => text !== '')

const nextKey = (drafts: readonly Draft[]): number => 1 + Math.max(...drafts.map(({ key }) => key))

const lengthOf = ({ from, to }: { from: number; to: number }): number => to - from
