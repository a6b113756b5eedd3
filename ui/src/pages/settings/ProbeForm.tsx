import { Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError } from '../../api/client'
import {
  type Attempt,
  addProbe,
  changeProbe,
  HUB_PLACE,
  type KnownProbe,
  type Probe,
  type ProbeKind,
  tryProbe,
} from '../../api/probes'
import { useApp } from '../../components/app'
import { Check } from '../../components/Check'
import { FormError } from '../../components/FormError'
import { Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'
import { formatText } from '../../lib/units'
import { ProbePlaces } from './ProbePlaces'
import { failureWords, phaseWords } from './probeWords'
import classes from './Settings.module.css'
import { TryAndSave } from './TryAndSave'

const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT']
const combobox = { transitionProps: { duration: 0 } }

function fresh(kind: ProbeKind): Probe {
  return {
    name: '',
    intervalSeconds: 30,
    timeoutMillis: 5_000,
    family: 'any',
    http:
      kind === 'http'
        ? {
            url: 'https://',
            method: 'GET',
            status: [],
            bodyMatches: '',
            bodyLacks: '',
            followRedirects: true,
            authorities: '',
          }
        : null,
    tcp: kind === 'tcp' ? { host: '', port: 443, tls: false, send: '', expects: '', authorities: '' } : null,
    icmp: kind === 'icmp' ? { host: '' } : null,
    dns: kind === 'dns' ? { name: '', type: 'A', server: '', answers: '' } : null,
    from: null,
  }
}

/** A probe's inputs, with an attempt before it is kept that shows each phase. */
export function ProbeForm({
  kind,
  known,
  onClose,
  onSaved,
}: {
  kind: ProbeKind
  known: KnownProbe | null
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useApp()
  const [probe, setProbe] = useState<Probe>(known?.probe ?? fresh(kind))
  const [statuses, setStatuses] = useState(probe.http?.status.join(', ') ?? '')
  const entry = (): Probe => ({
    ...probe,
    http:
      probe.http === null
        ? null
        : {
            ...probe.http,
            status: statuses
              .split(/[\s,，]+/)
              .filter(Boolean)
              .map(Number),
          },
  })
  const save = useMutation({
    mutationFn: () => (known === null ? addProbe(entry()) : changeProbe(known.id, entry())),
    onSuccess: onSaved,
  })
  const trial = useMutation({ mutationFn: () => tryProbe(entry()) })
  const failure = save.error ?? trial.error
  const failed = failure instanceof ApiError ? failure.field : undefined
  const errorOf = (field: string) => (failed === field && failure !== null ? { error: failure.message } : {})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const { http, tcp, icmp, dns } = probe
  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={known === null ? t(`probes.kind.${kind}`) : t('probes.edit', { name: known.probe.name })}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.stack} onSubmit={submit} noValidate>
        <Text
          label={t('probes.name')}
          value={probe.name}
          onChange={name => setProbe({ ...probe, name })}
          {...errorOf('name')}
        />
        {http !== null && (
          <>
            <Text
              label={t('probes.url')}
              value={http.url}
              onChange={url => setProbe({ ...probe, http: { ...http, url } })}
              {...errorOf('http.url')}
            />
            <Text
              label={t('probes.bodyMatches')}
              description={t('probes.expression')}
              value={http.bodyMatches}
              onChange={bodyMatches => setProbe({ ...probe, http: { ...http, bodyMatches } })}
              {...errorOf('http.bodyMatches')}
            />
          </>
        )}
        {tcp !== null && (
          <>
            <Text
              label={t('probes.host')}
              value={tcp.host}
              onChange={host => setProbe({ ...probe, tcp: { ...tcp, host } })}
              {...errorOf('tcp.host')}
            />
            <Whole
              label={t('probes.port')}
              value={tcp.port}
              onChange={port => setProbe({ ...probe, tcp: { ...tcp, port } })}
              {...errorOf('tcp.port')}
            />
            <Check
              label={t('probes.tls')}
              checked={tcp.tls}
              onChange={tls => setProbe({ ...probe, tcp: { ...tcp, tls } })}
            />
          </>
        )}
        {icmp !== null && (
          <Text
            label={t('probes.host')}
            value={icmp.host}
            onChange={host => setProbe({ ...probe, icmp: { host } })}
            {...errorOf('icmp.host')}
          />
        )}
        {dns !== null && (
          <>
            <Text
              label={t('probes.dns.name')}
              value={dns.name}
              onChange={name => setProbe({ ...probe, dns: { ...dns, name } })}
              {...errorOf('dns.name')}
            />
            <Select
              size="xs"
              label={t('probes.dns.type')}
              allowDeselect={false}
              comboboxProps={combobox}
              data={DNS_TYPES}
              value={dns.type}
              onChange={type => type !== null && setProbe({ ...probe, dns: { ...dns, type } })}
              {...errorOf('dns.type')}
            />
            <Text
              label={t('probes.dns.server')}
              description={t('probes.dns.server.hint')}
              value={dns.server}
              onChange={server => setProbe({ ...probe, dns: { ...dns, server } })}
              {...errorOf('dns.server')}
            />
            <Text
              label={t('probes.dns.answers')}
              description={t('probes.expression')}
              value={dns.answers}
              onChange={answers => setProbe({ ...probe, dns: { ...dns, answers } })}
              {...errorOf('dns.answers')}
            />
          </>
        )}
        <ProbePlaces
          value={probe.from ?? [HUB_PLACE]}
          onChange={from => setProbe({ ...probe, from })}
          {...errorOf('from')}
        />
        <details className={classes.details}>
          <summary>{t('probes.more')}</summary>
          <div className={classes.stack}>
            <Whole
              label={t('probes.interval')}
              value={probe.intervalSeconds}
              onChange={intervalSeconds => setProbe({ ...probe, intervalSeconds })}
              {...errorOf('intervalSeconds')}
            />
            <Whole
              label={t('probes.timeout')}
              value={probe.timeoutMillis / 1_000}
              onChange={seconds => setProbe({ ...probe, timeoutMillis: Math.round(seconds * 1_000) })}
              {...errorOf('timeoutMillis')}
            />
            <Select
              size="xs"
              label={t('probes.family')}
              allowDeselect={false}
              comboboxProps={combobox}
              data={(['any', 'v4', 'v6'] as const).map(family => ({
                value: family,
                label: t(`probes.family.${family}`),
              }))}
              value={probe.family}
              onChange={family =>
                family !== null && setProbe({ ...probe, family: family as Probe['family'] })
              }
            />
            {http !== null && (
              <>
                <Select
                  size="xs"
                  label={t('probes.method')}
                  allowDeselect={false}
                  comboboxProps={combobox}
                  data={['GET', 'HEAD']}
                  value={http.method}
                  onChange={method => method !== null && setProbe({ ...probe, http: { ...http, method } })}
                />
                <Text
                  label={t('probes.status')}
                  description={t('probes.status.hint')}
                  value={statuses}
                  onChange={setStatuses}
                  {...errorOf('http.status')}
                />
                <Text
                  label={t('probes.bodyLacks')}
                  description={t('probes.expression')}
                  value={http.bodyLacks}
                  onChange={bodyLacks => setProbe({ ...probe, http: { ...http, bodyLacks } })}
                  {...errorOf('http.bodyLacks')}
                />
                <Check
                  label={t('probes.follow')}
                  checked={http.followRedirects}
                  onChange={followRedirects => setProbe({ ...probe, http: { ...http, followRedirects } })}
                />
                <Authorities
                  value={http.authorities}
                  onChange={authorities => setProbe({ ...probe, http: { ...http, authorities } })}
                  {...errorOf('http.authorities')}
                />
              </>
            )}
            {tcp !== null && (
              <>
                <Long
                  label={t('probes.send')}
                  value={tcp.send}
                  onChange={send => setProbe({ ...probe, tcp: { ...tcp, send } })}
                  {...errorOf('tcp.send')}
                />
                <Text
                  label={t('probes.expects')}
                  description={t('probes.expression')}
                  value={tcp.expects}
                  onChange={expects => setProbe({ ...probe, tcp: { ...tcp, expects } })}
                  {...errorOf('tcp.expects')}
                />
                <Authorities
                  value={tcp.authorities}
                  onChange={authorities => setProbe({ ...probe, tcp: { ...tcp, authorities } })}
                  {...errorOf('tcp.authorities')}
                />
              </>
            )}
          </div>
        </details>
        {failure !== null && <FormError message={failure.message} />}
        {trial.data !== undefined && <Tried attempt={trial.data} />}
        <TryAndSave word={t('probes.try')} trial={trial} save={save} />
      </form>
    </Modal>
  )
}

/** How an attempt went, phase by phase: a bar for each, as long as its part of the whole. */
function Tried({ attempt }: { attempt: Attempt }) {
  const { t, zone } = useApp()
  const { status, tls, certificateEndsMillis, records } = attempt.answer
  const facts = [
    attempt.address ?? '',
    status === null ? '' : `HTTP ${status}`,
    tls ?? '',
    certificateEndsMillis === null
      ? ''
      : t('probes.certificate', { time: dateTimeText(certificateEndsMillis, zone) }),
    ...records,
  ].filter(fact => fact !== '')
  return (
    <div className={classes.trial} role="status">
      <Status
        level={attempt.failure === null ? 'ok' : 'crit'}
        word={`${attempt.failure === null ? t('probes.good') : failureWords(t, attempt.failure)} · ${formatText(attempt.seconds, 'seconds')}`}
      />
      {facts.length > 0 && <p className={classes.said}>{facts.join(' · ')}</p>}
      <table className={classes.phases}>
        <caption className="sr-only">{t('probes.phases')}</caption>
        <tbody>
          {attempt.phases.map(({ name, seconds }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a redirect repeats phases, which have no identity
            <tr key={index}>
              <th scope="row">{phaseWords(t, name)}</th>
              <td>
                <meter value={seconds} max={Math.max(attempt.seconds, 1e-6)} aria-hidden="true" />
              </td>
              <td>{formatText(seconds, 'seconds')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface Field<T> {
  label: string
  description?: ReactNode
  value: T
  onChange: (value: T) => void
  error?: string
}

function Text({ onChange, ...field }: Field<string>) {
  return <TextInput size="xs" {...field} onChange={event => onChange(event.currentTarget.value)} />
}

function Whole({ value, onChange, ...field }: Field<number>) {
  return (
    <TextInput
      size="xs"
      inputMode="decimal"
      {...field}
      value={Number.isFinite(value) ? String(value) : ''}
      onChange={event => onChange(Number.parseFloat(event.currentTarget.value))}
    />
  )
}

function Long({ onChange, ...field }: Field<string>) {
  return (
    <Textarea
      size="xs"
      autosize
      minRows={2}
      maxRows={8}
      {...field}
      onChange={event => onChange(event.currentTarget.value)}
    />
  )
}

function Authorities({ ...field }: Omit<Field<string>, 'label'>) {
  const { t } = useApp()
  return <Long {...field} label={t('probes.authorities')} description={t('probes.authorities.hint')} />
}
