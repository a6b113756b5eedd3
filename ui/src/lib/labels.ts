/** Labels of a series, their identity, and PromQL text made from them. */
export type Labels = Readonly<Record<string, string>>

/** One text per label set, whatever the order of the labels. */
export function labelKey(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map(name => `${name}=${JSON.stringify(labels[name])}`)
    .join(',')
}

/** A value as it stands between the quotes of a PromQL matcher. */
export function escapeMatcherValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** Puts the server into an expression of panels.ts; `$window` is left to the hub, which knows the resolution. */
export function bindInstance(expr: string, instance: string): string {
  return expr.replaceAll('$instance', () => escapeMatcherValue(instance))
}

/** '{{device}} read' with the labels filled in; without a template, the labels themselves. */
export function seriesName(template: string, labels: Labels): string {
  const filled = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '')
  if (filled.trim() !== '') return filled
  const text = Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
  return text === '' ? (labels.__name__ ?? '') : text
}

/** Whether a series has the labels of an alert where the alert has them at all. */
export const fitting = (series: Labels, alert: Labels): boolean =>
  Object.entries(series).every(([name, value]) => name === '__name__' || (alert[name] ?? value) === value)
