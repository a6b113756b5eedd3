import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ChangeEvent, useRef, useState } from 'react'
import {
  filesQuery,
  importFile,
  type Noise,
  noiseQuery,
  type Rule,
  removeFile,
  removeRule,
  rulesQuery,
  suggestionQuery,
  switchRule,
} from '../../api/rules'
import { download } from '../../charts/csv'
import { useApp } from '../../components/app'
import { Check } from '../../components/Check'
import { Confirm } from '../../components/Confirm'
import { FormError } from '../../components/FormError'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { Status } from '../../components/Status'
import { dateTimeText } from '../../lib/time'
import { AlertsShell } from './AlertsShell'
import { RuleForm } from './RuleForm'
import { annotation, Severity } from './words'

const route = getRouteApi('/inside/alerts/rules')

/** Every rule with how it fares and how much it says for nothing; rule files; the editor. */
export default function RulesPage() {
  const { t, may } = useApp()
  const { q = '' } = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const query = useQuery(rulesQuery)
  const { data: rules } = query
  const { data: noise } = useQuery(noiseQuery)
  const [editing, setEditing] = useState<Rule | 'new' | null>(null)
  const [removing, setRemoving] = useState<Rule | null>(null)
  const [quieting, setQuieting] = useState<Rule | null>(null)
  const onSuccess = () => queries.invalidateQueries({ queryKey: rulesQuery.queryKey })
  const turn = useMutation({
    mutationFn: ({ rule, on }: { rule: Rule; on: boolean }) => switchRule(rule.id, on),
    onSuccess,
  })
  const remove = useMutation({ mutationFn: removeRule, onSuccess })
  const shown = (rules ?? [])
    .filter(rule => `${rule.name} ${rule.expression}`.toLowerCase().includes(q.trim().toLowerCase()))
    .sort(
      (a, b) =>
        Number(b.error !== '') - Number(a.error !== '') ||
        b.firing - a.firing ||
        b.pending - a.pending ||
        a.name.localeCompare(b.name),
    )
  return (
    <AlertsShell current="/alerts/rules">
      <div className={classes.head}>
        <h1>{t('alerts.tab.rules')}</h1>
        {may('admin') && (
          <Button size="xs" onClick={() => setEditing('new')}>
            {t('rule.add')}
          </Button>
        )}
      </div>
      <div className={classes.filters}>
        <TextInput
          size="xs"
          data-filter
          aria-label={t('rule.filter')}
          placeholder={t('rule.filter')}
          value={q}
          onChange={event => {
            const wanted = event.currentTarget.value
            void navigate({
              to: '.',
              search: ((old: object) => ({ ...old, q: wanted })) as never,
              replace: true,
            })
          }}
        />
      </div>
      <FormError message={(turn.error ?? remove.error)?.message ?? null} />
      <div className={classes.card}>
        <Loaded query={query} height={400}>
          {() =>
            shown.length === 0 ? (
              <Notice title={t('rule.noMatch')} />
            ) : (
              <ul>
                {shown.map(rule => (
                  <li key={rule.id} className={classes.row}>
                    <RuleText rule={rule} noise={noise?.find(one => one.ruleId === rule.id)} />
                    <div className={classes.actions}>
                      {rule.condition !== '' && (
                        <Button size="compact-xs" variant="default" onClick={() => setQuieting(rule)}>
                          {t('noise.suggest')}
                        </Button>
                      )}
                      {may('admin') && rule.origin === 'pages' && (
                        <>
                          <Button size="compact-xs" variant="default" onClick={() => setEditing(rule)}>
                            {t('action.edit')}
                          </Button>
                          <Button size="compact-xs" variant="default" onClick={() => setRemoving(rule)}>
                            {t('action.delete')}
                          </Button>
                        </>
                      )}
                      {may('admin') && (
                        <Check
                          label={t('settings.on')}
                          name={t('rule.enabled', { name: rule.name })}
                          checked={rule.enabled}
                          onChange={on => turn.mutate({ rule, on: on })}
                        />
                      )}
                    </div>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      <Files />
      {editing !== null && (
        <RuleForm
          known={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={() => {
            setEditing(null)
            void onSuccess()
          }}
        />
      )}
      {quieting !== null && <SuggestionDialog rule={quieting} onClose={() => setQuieting(null)} />}
      {removing !== null && (
        <Confirm
          title={t('rule.remove.title', { name: removing.name })}
          body={t('rule.remove.body')}
          action={t('action.delete')}
          onClose={() => setRemoving(null)}
          onConfirm={() => {
            remove.mutate(removing.id)
            setRemoving(null)
          }}
        />
      )}
    </AlertsShell>
  )
}

function RuleText({ rule, noise }: { rule: Rule; noise: Noise | undefined }) {
  const { t, lang, duration } = useApp()
  const summary = annotation(rule.annotations, 'summary', lang)
  return (
    <div>
      <div className={classes.actions}>
        <strong>{rule.name}</strong>
        <Severity severity={rule.severity} />
        {!rule.enabled ? (
          <Status level="none" word={t('rule.off')} />
        ) : rule.error !== '' ? (
          <Status level="crit" word={t('rule.failed')} />
        ) : rule.firing > 0 ? (
          <Status level="warn" word={t('rule.firing', { n: rule.firing })} />
        ) : rule.pending > 0 ? (
          <Status level="none" word={t('rule.pending', { n: rule.pending })} />
        ) : (
          <Status level="ok" word={t('rule.quiet')} />
        )}
      </div>
      {/* Templates are filled in when an alert fires; before, their text is no help to read. */}
      {summary !== undefined && !summary.includes('{{') && <p className={classes.hint}>{summary}</p>}
      <p className={classes.code}>{rule.expression}</p>
      {rule.error !== '' && <p className={classes.code}>{rule.error}</p>}
      <p className={classes.hint}>
        {t(`rule.origin.${rule.origin}`)}
        {rule.holdSeconds > 0 && ` · ${t('rule.for', { time: duration(rule.holdSeconds * 1000) })}`}
        {rule.clear !== null && ` · ${t('rule.clear')}: ${rule.clear}`}
        {noise !== undefined &&
          ` · ${t('noise.counts', { fired: noise.fired, acknowledged: noise.acknowledged, ignored: noise.ignored })}`}
      </p>
    </div>
  )
}

function SuggestionDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { t } = useApp()
  const query = useQuery(suggestionQuery(rule.id))
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('noise.title', { name: rule.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Loaded query={query} height={80}>
        {({ operator, threshold, times, suggested, suggestedTimes }) => (
          <>
            <p>{t('noise.now', { condition: `${operator} ${threshold}`, n: times })}</p>
            <p>
              {suggested === null
                ? t('noise.fine')
                : t('noise.better', { condition: `${operator} ${suggested}`, n: suggestedTimes })}
            </p>
            <p className={classes.hint}>{t('noise.how')}</p>
          </>
        )}
      </Loaded>
    </Modal>
  )
}

function Files() {
  const { t, zone, may } = useApp()
  const queries = useQueryClient()
  const { data: files } = useQuery(filesQuery)
  const renew = () => {
    void queries.invalidateQueries({ queryKey: filesQuery.queryKey })
    void queries.invalidateQueries({ queryKey: rulesQuery.queryKey })
  }
  const take = useMutation({
    mutationFn: async (file: File) => importFile(file.name, await file.text()),
    onSuccess: renew,
  })
  const chooser = useRef<HTMLInputElement>(null)
  const remove = useMutation({ mutationFn: removeFile, onSuccess: renew })
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0]
    if (file !== undefined) take.mutate(file)
    // The same file again is a change too.
    event.currentTarget.value = ''
  }
  return (
    <div className={classes.card}>
      <h2>{t('files.title')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <p className={classes.hint}>{t('files.hint')}</p>
        {may('admin') && (
          <div>
            <Button size="xs" variant="default" onClick={() => chooser.current?.click()}>
              {t('files.import')}
            </Button>
            <input
              ref={chooser}
              hidden
              type="file"
              accept=".yml,.yaml"
              aria-label={t('files.import')}
              onChange={choose}
            />
          </div>
        )}
        <FormError message={(take.error ?? remove.error)?.message ?? null} />
      </div>
      {files !== undefined && files.length > 0 && (
        <ul>
          {files.map(file => (
            <li key={file.name} className={classes.row}>
              <div>
                <strong>{file.name}</strong>
                <p className={classes.hint}>{dateTimeText(file.updatedAt, zone)}</p>
              </div>
              <div className={classes.actions}>
                <Button size="compact-xs" variant="default" onClick={() => download(file.name, file.content)}>
                  {t('files.export')}
                </Button>
                {may('admin') && (
                  <Button size="compact-xs" variant="default" onClick={() => remove.mutate(file.name)}>
                    {t('action.delete')}
                  </Button>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
