import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { ApiError } from '../../api/client'
import {
  addRule,
  type Condition,
  changeRule,
  type Preview,
  previewRule,
  type Rule,
  type RuleEntry,
} from '../../api/rules'
import { SignalChart } from '../../charts/SignalChart'
import { useApp } from '../../components/app'
import { Check } from '../../components/Check'
import { FormError } from '../../components/FormError'
import { FormRow } from '../../components/FormRow'
import classes from '../../components/Page.module.css'
import type { Labels } from '../../lib/labels'
import { parseDuration } from '../../lib/range'

const OPERATORS = ['>', '>=', '<', '<=', '==', '!=']
const NEW_CONDITION = { metric: '', operator: '>', threshold: '', negated: false, clearAt: '' }

/** The metrics that most rules are about, for the form's list; any other expression can be typed. */
const COMMON = [
  '(1 - avg without(cpu) (sum without(mode) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[5m])))) * 100',
  '(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100',
  '(1 - node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100',
  'node_load1',
]

/** Makes or changes a rule, by conditions or as PromQL, and shows how often it would have fired. */
export function RuleForm({
  known,
  onClose,
  onSaved,
}: {
  known: Rule | null
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useApp()
  const [kind, setKind] = useState<'form' | 'promql'>(
    known !== null && known.form === null ? 'promql' : 'form',
  )
  const [name, setName] = useState(known?.name ?? '')
  const [conditions, setConditions] = useState(
    known?.form?.conditions.map(one => ({
      ...one,
      threshold: String(one.threshold),
      clearAt: one.clearAt === null ? '' : String(one.clearAt),
    })) ?? [NEW_CONDITION],
  )
  const [all, setAll] = useState(known?.form?.all ?? true)
  const [expression, setExpression] = useState(known?.form === null ? known.expression : '')
  const [clear, setClear] = useState(known?.form === null ? (known.clear ?? '') : '')
  const [hold, setHold] = useState(secondsText(known?.holdSeconds ?? 300))
  const [keep, setKeep] = useState(secondsText(known?.keepFiringSeconds ?? 0))
  const [severity, setSeverity] = useState(known?.severity ?? 'warning')
  const [labels, setLabels] = useState(pairsText(without(known?.labels ?? {}, ['severity'])))
  const [summary, setSummary] = useState(known?.annotations.summary ?? '')
  const [description, setDescription] = useState(known?.annotations.description ?? '')

  const entry = (): RuleEntry => ({
    name: name.trim(),
    form: kind === 'form' ? { conditions: conditions.map(conditionOf), all } : null,
    expression: kind === 'promql' ? expression : null,
    clear: kind === 'promql' && clear.trim() !== '' ? clear : null,
    holdSeconds: secondsOf(hold),
    keepFiringSeconds: secondsOf(keep),
    severity,
    labels: pairsOf(labels),
    annotations: {
      ...without(known?.annotations ?? {}, ['summary', 'description']),
      ...(summary.trim() === '' ? {} : { summary }),
      ...(description.trim() === '' ? {} : { description }),
    },
  })
  const save = useMutation({
    mutationFn: () => (known === null ? addRule(entry()) : changeRule(known.id, entry())),
    onSuccess: onSaved,
  })
  const preview = useMutation({ mutationFn: () => previewRule(entry()) })
  const failure = save.error ?? preview.error
  const failed = failure instanceof ApiError ? failure.field : undefined
  const errorOf = (field: string) => (failed === field && failure !== null ? { error: failure.message } : {})
  const combobox = { transitionProps: { duration: 0 } }
  const change = (index: number, part: Partial<(typeof conditions)[number]>) =>
    setConditions(conditions.map((one, i) => (i === index ? { ...one, ...part } : one)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    preview.reset()
    save.mutate()
  }
  return (
    <Modal
      opened
      size={760}
      onClose={onClose}
      title={known === null ? t('rule.add') : known.name}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.stack} onSubmit={submit} noValidate>
        <TextInput
          size="xs"
          label={t('rule.name')}
          required
          placeholder="DiskAlmostFull"
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          {...errorOf('name')}
        />
        <Select
          size="xs"
          label={t('rule.kind')}
          allowDeselect={false}
          value={kind}
          onChange={chosen => setKind(chosen === 'promql' ? 'promql' : 'form')}
          comboboxProps={combobox}
          data={[
            { value: 'form', label: t('rule.kind.form') },
            { value: 'promql', label: t('rule.kind.promql') },
          ]}
        />
        {kind === 'promql' ? (
          <>
            <Textarea
              size="xs"
              label={t('rule.expression')}
              required
              autosize
              minRows={2}
              value={expression}
              onChange={event => setExpression(event.currentTarget.value)}
              {...errorOf('expression')}
            />
            <Textarea
              size="xs"
              label={t('rule.clear')}
              description={t('rule.clear.hint')}
              autosize
              value={clear}
              onChange={event => setClear(event.currentTarget.value)}
              {...errorOf('clear')}
            />
          </>
        ) : (
          <>
            <datalist id="rule-metrics">
              {COMMON.map(metric => (
                <option key={metric} value={metric} />
              ))}
            </datalist>
            {conditions.length > 1 && (
              <Select
                size="xs"
                label={t('rule.join')}
                allowDeselect={false}
                value={all ? 'and' : 'or'}
                onChange={chosen => setAll(chosen === 'and')}
                comboboxProps={combobox}
                data={[
                  { value: 'and', label: t('rule.join.and') },
                  { value: 'or', label: t('rule.join.or') },
                ]}
              />
            )}
            {conditions.map((condition, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity of their own
              <fieldset key={i} className={classes.fieldset}>
                <legend>{t('rule.condition', { n: i + 1 })}</legend>
                <TextInput
                  size="xs"
                  label={t('rule.metric')}
                  list="rule-metrics"
                  value={condition.metric}
                  onChange={event => change(i, { metric: event.currentTarget.value })}
                  {...(i === 0 ? errorOf('form') : {})}
                />
                <FormRow
                  onDelete={
                    conditions.length > 1
                      ? () => setConditions(conditions.filter((_, other) => other !== i))
                      : undefined
                  }
                >
                  <Select
                    size="xs"
                    label={t('rule.operator')}
                    allowDeselect={false}
                    value={condition.operator}
                    onChange={operator => change(i, { operator: operator ?? '>' })}
                    comboboxProps={combobox}
                    data={OPERATORS}
                  />
                  <TextInput
                    size="xs"
                    w={130}
                    label={t('rule.threshold')}
                    inputMode="decimal"
                    value={condition.threshold}
                    onChange={event => change(i, { threshold: event.currentTarget.value })}
                  />
                  {i === 0 && (
                    <TextInput
                      size="xs"
                      w={130}
                      label={t('rule.clearAt')}
                      inputMode="decimal"
                      value={condition.clearAt}
                      onChange={event => change(i, { clearAt: event.currentTarget.value })}
                    />
                  )}
                  <Check
                    label={t('rule.not')}
                    checked={condition.negated}
                    onChange={on => change(i, { negated: on })}
                  />
                </FormRow>
              </fieldset>
            ))}
            <div>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => setConditions([...conditions, NEW_CONDITION])}
              >
                {t('rule.addCondition')}
              </Button>
            </div>
          </>
        )}
        <FormRow>
          <Select
            size="xs"
            label={t('rule.severity')}
            allowDeselect={false}
            value={severity}
            onChange={chosen => setSeverity(chosen ?? 'warning')}
            comboboxProps={combobox}
            data={(['critical', 'warning', 'info'] as const).map(value => ({
              value,
              label: t(`severity.${value}`),
            }))}
            {...errorOf('severity')}
          />
          <TextInput
            size="xs"
            w={130}
            label={t('rule.hold')}
            placeholder="5m"
            value={hold}
            onChange={event => setHold(event.currentTarget.value)}
            {...errorOf('holdSeconds')}
          />
          <TextInput
            size="xs"
            w={180}
            label={t('rule.keep')}
            placeholder="0s"
            value={keep}
            onChange={event => setKeep(event.currentTarget.value)}
            {...errorOf('keepFiringSeconds')}
          />
        </FormRow>
        <Textarea
          size="xs"
          label={t('rule.labels')}
          description={t('rule.labels.hint')}
          autosize
          value={labels}
          onChange={event => setLabels(event.currentTarget.value)}
          {...errorOf('labels')}
        />
        <TextInput
          size="xs"
          label={t('rule.summary')}
          placeholder={'{{ $labels.instance }}: {{ $value | humanize }}'}
          value={summary}
          onChange={event => setSummary(event.currentTarget.value)}
          {...errorOf('annotations')}
        />
        <Textarea
          size="xs"
          label={t('rule.description')}
          autosize
          value={description}
          onChange={event => setDescription(event.currentTarget.value)}
        />
        {failure !== null && <FormError message={failure.message} />}
        {preview.data !== undefined && <PreviewResult preview={preview.data} entry={entry()} />}
        <div className={classes.buttons}>
          <Button
            variant="default"
            size="xs"
            loading={preview.isPending}
            onClick={() => {
              save.reset()
              preview.mutate()
            }}
          >
            {t('rule.preview')}
          </Button>
          <Button type="submit" size="xs" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function PreviewResult({ preview, entry }: { preview: Preview; entry: RuleEntry }) {
  const { t, duration } = useApp()
  const { from, to, runs } = preview
  const view = useMemo(() => ({ from, to }), [from, to])
  const only = entry.form?.conditions.length === 1 ? entry.form.conditions[0]?.threshold : undefined
  return (
    <div role="status">
      <p>
        <strong>{t('rule.preview.times', { n: preview.times })}</strong>{' '}
        <span className={classes.hint}>{t('rule.preview.step', { step: duration(preview.stepMillis) })}</span>
      </p>
      <SignalChart signal={preview.signal} threshold={only} view={view} ribbon={runs} />
    </div>
  )
}

const conditionOf = (one: typeof NEW_CONDITION): Condition => ({
  metric: one.metric.trim(),
  operator: one.operator,
  threshold: Number(one.threshold.trim() === '' ? Number.NaN : one.threshold),
  negated: one.negated,
  clearAt: one.clearAt.trim() === '' ? null : Number(one.clearAt),
})

/** '5m' → 300; what cannot be read becomes -1, which the hub refuses with the field's name. */
function secondsOf(text: string): number {
  const trimmed = text.trim()
  if (trimmed === '' || /^0s?$/.test(trimmed)) return 0
  const millis = parseDuration(trimmed)
  return millis === null ? -1 : Math.round(millis / 1000)
}

function secondsText(seconds: number): string {
  if (seconds !== 0 && seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds !== 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

const pairsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')

function pairsOf(text: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const at = line.indexOf('=')
    pairs[(at < 0 ? line : line.slice(0, at)).trim()] = at < 0 ? '' : line.slice(at + 1).trim()
  }
  return pairs
}

const without = (labels: Labels, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)))
