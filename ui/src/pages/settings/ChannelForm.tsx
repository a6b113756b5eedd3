import { Button, Modal, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  addChannel,
  type Channel,
  type ChannelEntry,
  type ChannelKind,
  changeChannel,
  type Input,
  type Recipient,
  tryChannel,
} from '../../api/channels'
import { ApiError } from '../../api/client'
import { useApp } from '../../components/app'
import { Check } from '../../components/Check'
import { FormError } from '../../components/FormError'
import { FormRow } from '../../components/FormRow'
import { Status } from '../../components/Status'
import { formatText } from '../../lib/units'
import classes from './Settings.module.css'
import { TryAndSave } from './TryAndSave'

/** A channel's inputs, drawn from what the hub says about its kind, with a test before it is kept. */
export function ChannelForm({
  kind,
  known,
  others,
  onClose,
  onSaved,
}: {
  kind: ChannelKind
  known: Channel | null
  others: readonly Channel[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t, lang } = useApp()
  const [name, setName] = useState(known?.name ?? kind.title[lang])
  const [form, setForm] = useState<Readonly<Record<string, string>>>(known?.form ?? {})
  const [recipients, setRecipients] = useState<readonly Recipient[]>(
    known?.recipients ?? [{ address: '', language: lang }],
  )
  const [fallbackId, setFallbackId] = useState<string | null>(known?.fallbackId ?? null)
  const [enabled, setEnabled] = useState(known?.enabled ?? true)

  const entry = (): ChannelEntry => ({
    name: name.trim(),
    kind: kind.name,
    form,
    forget: [],
    recipients: recipients.map(one => ({ ...one, address: one.address.trim() })),
    fallbackId,
    enabled,
  })
  const save = useMutation({
    mutationFn: () => (known === null ? addChannel(entry()) : changeChannel(known.id, entry())),
    onSuccess: onSaved,
  })
  const trial = useMutation({ mutationFn: () => tryChannel(known?.id ?? null, entry()) })
  const failure = save.error ?? trial.error
  const failed = failure instanceof ApiError ? failure.field : undefined
  const errorOf = (field: string) => (failed === field && failure !== null ? { error: failure.message } : {})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const combobox = { transitionProps: { duration: 0 } }
  const seldom = new Set(['server', 'proxy', 'proxyLogin', 'authorities'])
  const draw = (input: Input) => (
    <FormInput
      key={input.key}
      input={input}
      value={form[input.key] ?? ''}
      kept={known?.secrets.includes(input.key) ?? false}
      onChange={value => setForm({ ...form, [input.key]: value })}
      {...errorOf(input.key)}
    />
  )

  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={known === null ? kind.title[lang] : t('channels.edit', { name: known.name })}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.stack} onSubmit={submit} noValidate>
        <TextInput
          size="xs"
          label={t('channels.name')}
          required
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          {...errorOf('name')}
        />
        {kind.fields.filter(input => !seldom.has(input.key)).map(draw)}
        <Recipients kind={kind} value={recipients} onChange={setRecipients} {...errorOf('recipients')} />
        <details className={classes.details}>
          <summary>{t('channels.more')}</summary>
          <div className={classes.stack}>
            {kind.fields.filter(input => seldom.has(input.key)).map(draw)}
            <Select
              size="xs"
              label={t('channels.fallback')}
              description={t('channels.fallback.hint')}
              clearable
              value={fallbackId}
              onChange={setFallbackId}
              comboboxProps={combobox}
              data={others.map(other => ({ value: other.id, label: other.name }))}
              {...errorOf('fallbackId')}
            />
            <Check label={t('channels.enabled')} checked={enabled} onChange={on => setEnabled(on)} />
          </div>
        </details>
        {failure !== null && <FormError message={failure.message} />}
        {trial.data?.map(({ address, outcome, answer, seconds }) => (
          <div key={address} className={classes.trial} role="status">
            <Status
              level={outcome === 'accepted' ? 'ok' : outcome === 'refused' ? 'crit' : 'warn'}
              word={`${address === '' ? '' : `${address}: `}${t(`channels.outcome.${outcome}`)} · ${formatText(seconds, 'seconds')}`}
            />
            <p className={classes.said}>{answer}</p>
          </div>
        ))}
        <TryAndSave word={t('channels.test')} trial={trial} save={save} />
      </form>
    </Modal>
  )
}

function FormInput({
  input,
  value,
  kept,
  onChange,
  error,
}: {
  input: Input
  value: string
  kept: boolean
  onChange: (value: string) => void
  error?: string
}) {
  const { t, lang } = useApp()
  const common = {
    size: 'xs',
    label: input.label[lang],
    description: input.help[lang],
    required: input.required && !kept,
    placeholder: kept ? t('channels.kept') : input.usual,
    ...(error === undefined ? {} : { error }),
  } as const
  switch (input.kind) {
    case 'secret':
      return (
        <PasswordInput
          {...common}
          autoComplete="off"
          value={value}
          visibilityToggleButtonProps={{ 'aria-label': t('channels.show') }}
          onChange={event => onChange(event.currentTarget.value)}
        />
      )
    case 'choice':
      return (
        <Select
          {...common}
          allowDeselect={false}
          value={value === '' ? input.usual : value}
          onChange={chosen => onChange(chosen ?? '')}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          data={[...input.choices]}
        />
      )
    case 'long_text':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={8}
          value={value}
          onChange={event => onChange(event.currentTarget.value)}
        />
      )
    case 'text':
    case 'number':
      return (
        <TextInput
          {...common}
          inputMode={input.kind === 'number' ? 'numeric' : 'text'}
          value={value}
          onChange={event => onChange(event.currentTarget.value)}
        />
      )
  }
}

function Recipients({
  kind,
  value,
  onChange,
  error,
}: {
  kind: ChannelKind
  value: readonly Recipient[]
  onChange: (value: readonly Recipient[]) => void
  error?: string
}) {
  const { t } = useApp()
  const one = kind.to === 'one_place'
  const change = (index: number, part: Partial<Recipient>) =>
    onChange(value.map((old, i) => (i === index ? { ...old, ...part } : old)))
  const remove = (index: number) => onChange(value.filter((_, i) => i !== index))
  return (
    <fieldset className={classes.fieldset}>
      <legend>{one ? t('channels.language') : t(`channels.to.${kind.to}`)}</legend>
      {value.map((recipient, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
        <FormRow key={index} onDelete={one || value.length === 1 ? undefined : () => remove(index)}>
          {!one && (
            <TextInput
              size="xs"
              aria-label={t(`channels.to.${kind.to}`)}
              value={recipient.address}
              onChange={event => change(index, { address: event.currentTarget.value })}
            />
          )}
          <Select
            size="xs"
            w={120}
            aria-label={t('channels.language')}
            allowDeselect={false}
            value={recipient.language}
            onChange={language => language !== null && change(index, { language: language as 'en' | 'zh' })}
            comboboxProps={{ transitionProps: { duration: 0 } }}
            data={(['en', 'zh'] as const).map(language => ({
              value: language,
              label: t(`channels.language.${language}`),
            }))}
          />
        </FormRow>
      ))}
      {!one && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onChange([...value, { address: '', language: value.at(-1)?.language ?? 'en' }])}
        >
          {t('channels.addRecipient')}
        </Button>
      )}
      {error !== undefined && <FormError message={error} />}
    </fieldset>
  )
}
