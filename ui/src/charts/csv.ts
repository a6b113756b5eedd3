import type { Value } from '../lib/series'
import { dateTimeText, type Zone } from '../lib/time'

/** A table of a chart as RFC 4180 text; a missing value is an empty field. */
export function csvText(
  times: readonly number[],
  series: readonly { readonly name: string; readonly values: readonly Value[] }[],
  zone: Zone,
): string {
  const rows = [['time', 'epoch_ms', ...series.map(one => one.name)].map(field).join(',')]
  times.forEach((time, i) => {
    rows.push(
      [dateTimeText(time, zone), Math.round(time), ...series.map(({ values }) => values[i] ?? '')].join(','),
    )
  })
  return `${rows.join('\r\n')}\r\n`
}

function field(text: string): string {
  // A leading '=' or '+' would be run as a formula by spreadsheets.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  URL.revokeObjectURL(url)
}
