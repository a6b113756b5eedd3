import type { Translate } from '../lib/i18n'
import type { Interval } from '../lib/range'
import { dateTimeText, type Zone } from '../lib/time'
import { formatText, type Unit } from '../lib/units'
import type { ChartModel } from './model'

/** What a chart shows, for those who do not see it. */
export function seriesSentence(
  title: string,
  model: ChartModel,
  unit: Unit,
  view: Interval,
  zone: Zone,
  t: Translate,
): string {
  const series = model.series
    .map(({ name, stats }) =>
      t('chart.sentence.series', {
        name,
        last: formatText(stats.last, unit),
        min: formatText(stats.min, unit),
        max: formatText(stats.max, unit),
      }),
    )
    .join(' ')
  return t('chart.sentence', {
    title,
    from: dateTimeText(view.from, zone),
    to: dateTimeText(view.to, zone),
    series: series === '' ? t('chart.sentence.none') : series,
  })
}
