import { useState } from 'react'
import type { ChartAnswer } from '../../api/chart'
import { BarList } from '../../charts/Bars'
import { Pie, topSlices } from '../../charts/Pie'
import { useApp } from '../../components/app'
import { Notice } from '../../components/States'
import type { Interval } from '../../lib/range'
import { formatText, type Unit } from '../../lib/units'
import classes from './Explore.module.css'
import { ExploreChart } from './ExploreChart'
import { ResultTable } from './ResultTable'
import { type Found, filtered, panelOf } from './result'
import type { View } from './state'

const MOST_BARS = 20

/** The answer in one of its views. */
export function ResultView({
  view,
  unit,
  expressions,
  answer,
  found,
  interval,
}: {
  view: View
  unit: Unit
  expressions: readonly string[]
  answer: ChartAnswer
  found: readonly Found[]
  interval: Interval
}) {
  switch (view) {
    case 'line':
    case 'stacked':
      return (
        <ExploreChart
          panel={panelOf(expressions, view, unit)}
          answer={filtered(answer, found)}
          view={interval}
        />
      )
    case 'bar':
      return <ResultBars found={found} unit={unit} />
    case 'pie':
      return <ResultPie found={found} unit={unit} />
    case 'table':
      return <ResultTable found={found} unit={unit} />
  }
}

function ResultBars({ found, unit }: { found: readonly Found[]; unit: Unit }) {
  const { t } = useApp()
  const [all, setAll] = useState(false)
  const values = found
    .flatMap(({ key, name, stats }) => (stats.last === null ? [] : [{ key, name, value: stats.last }]))
    .sort((a, b) => b.value - a.value)
  const top = Math.max(...values.map(({ value }) => Math.abs(value)), Number.MIN_VALUE)
  return (
    <div className={classes.body}>
      <p className={classes.caption}>{t('explore.bars.caption')}</p>
      <BarList
        label={t('explore.result')}
        bars={values.slice(0, all ? undefined : MOST_BARS).map(({ key, name, value }) => ({
          key,
          name,
          value,
          text: formatText(value, unit),
          share: Math.abs(value) / top,
          over: false,
        }))}
      />
      {values.length > MOST_BARS && (
        <button type="button" className={classes.link} onClick={() => setAll(!all)}>
          {all ? t('explore.bars.fewer') : t('explore.bars.all', { n: values.length })}
        </button>
      )}
    </div>
  )
}

function ResultPie({ found, unit }: { found: readonly Found[]; unit: Unit }) {
  const { t } = useApp()
  const negative = found.some(({ stats }) => (stats.avg ?? 0) < 0)
  const slices = topSlices(
    found.map(({ key, name, stats, slot }) => ({ key, name, value: stats.avg ?? 0, slot })),
    n => t('chart.others', { n }),
  )
  if (negative || slices.length === 0) {
    return (
      <Notice compact title={negative ? t('explore.pie.negative') : t('chart.allZero')}>
        {t('explore.pie.use')}
      </Notice>
    )
  }
  return (
    <div className={classes.body}>
      <p className={classes.caption}>{t('chart.overRange')}</p>
      <Pie slices={slices} unit={unit} title={t('explore.result')} />
    </div>
  )
}
