import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { channelsQuery } from '../../api/channels'
import { type RouteNode, type Routing, routingQuery, whereTo, writeRouting } from '../../api/incidents'
import { useApp } from '../../components/app'
import { Check, Choices } from '../../components/Check'
import { FormError } from '../../components/FormError'
import { FormRow } from '../../components/FormRow'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { parseDuration } from '../../lib/range'
import own from './Alerts.module.css'
import { AlertsShell } from './AlertsShell'
import { matchersText, matcherText, parseMatchers, quietWord } from './words'

const NEW_NODE: RouteNode = {
  matchers: [],
  channels: [],
  groupBy: [],
  goOn: false,
  repeatSeconds: 0,
  escalation: [],
  muteTimes: [],
  routes: [],
}

/** Who is told of what, as a tree, with a test of where an alert would go. */
export default function RoutingPage() {
  const { t } = useApp()
  const queries = useQueryClient()
  const query = useQuery(routingQuery)
  const save = useMutation({
    mutationFn: writeRouting,
    onSuccess: kept => queries.setQueryData(routingQuery.queryKey, kept),
  })
  return (
    <AlertsShell current="/alerts/routing">
      <div className={classes.head}>
        <h1>{t('alerts.tab.routing')}</h1>
      </div>
      <p className={classes.lead}>{t('routing.lead')}</p>
      <Loaded query={query} height={320}>
        {routing => (
          <div className={classes.columns}>
            <div>
              <div className={`${classes.card} ${own.node}`}>
                <Node
                  node={routing.root}
                  root
                  routing={routing}
                  onChange={root => root !== null && save.mutate({ ...routing, root })}
                />
              </div>
              <FormError message={save.error?.message ?? null} />
              <Inhibitions routing={routing} onChange={next => save.mutate(next)} />
            </div>
            <Test routing={routing} />
          </div>
        )}
      </Loaded>
    </AlertsShell>
  )
}

function useChannelNames(): (ids: readonly string[]) => string {
  const { t } = useApp()
  const { data: channels } = useQuery(channelsQuery)
  return ids =>
    ids
      .map(id =>
        id === '*' ? t('routing.everyChannel') : (channels?.find(one => one.id === id)?.name ?? id),
      )
      .join(', ')
}

/** A route with those below it; null takes it away. */
function Node({
  node,
  root = false,
  routing,
  onChange,
}: {
  node: RouteNode
  root?: boolean
  routing: Routing
  onChange: (node: RouteNode | null) => void
}) {
  const { t, duration, may } = useApp()
  const names = useChannelNames()
  const [editing, setEditing] = useState<'this' | 'child' | null>(null)
  const facts = [
    node.channels.length > 0 && `→ ${names(node.channels)}`,
    node.groupBy.length > 0 && t('routing.groupedBy', { labels: node.groupBy.join(', ') }),
    node.repeatSeconds > 0 && t('routing.repeats', { time: duration(node.repeatSeconds * 1000) }),
    ...node.escalation.map(step =>
      t('routing.escalates', {
        time: duration(step.afterSeconds * 1000),
        names: names(step.channels),
      }),
    ),
    node.muteTimes.length > 0 && t('routing.muted', { names: node.muteTimes.join(', ') }),
    node.goOn && t('routing.goesOn'),
  ].filter(fact => fact !== false)
  return (
    <>
      <div className={classes.actions}>
        <strong className={root ? undefined : classes.code}>
          {root ? t('routing.root') : node.matchers.map(matcherText).join(', ')}
        </strong>
        {may('admin') && (
          <>
            <Button size="compact-xs" variant="default" onClick={() => setEditing('this')}>
              {t('action.edit')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => setEditing('child')}>
              {t('routing.add')}
            </Button>
            {!root && (
              <Button size="compact-xs" variant="default" onClick={() => onChange(null)}>
                {t('action.delete')}
              </Button>
            )}
          </>
        )}
      </div>
      {facts.map(fact => (
        <p key={fact} className={classes.hint}>
          {fact}
        </p>
      ))}
      {node.routes.length > 0 && (
        <ul className={own.children}>
          {node.routes.map((child, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: routes have no identity but their place
            <li key={i}>
              <Node
                node={child}
                routing={routing}
                onChange={next =>
                  onChange({
                    ...node,
                    routes: node.routes.flatMap((old, other) =>
                      other !== i ? [old] : next === null ? [] : [next],
                    ),
                  })
                }
              />
            </li>
          ))}
        </ul>
      )}
      {editing !== null && (
        <NodeForm
          node={editing === 'this' ? node : NEW_NODE}
          root={root && editing === 'this'}
          muteTimes={routing.muteTimes.map(one => one.name)}
          onClose={() => setEditing(null)}
          onDone={next => {
            setEditing(null)
            onChange(editing === 'this' ? next : { ...node, routes: [...node.routes, next] })
          }}
        />
      )}
    </>
  )
}

function NodeForm({
  node,
  root,
  muteTimes,
  onClose,
  onDone,
}: {
  node: RouteNode
  root: boolean
  muteTimes: readonly string[]
  onClose: () => void
  onDone: (node: RouteNode) => void
}) {
  const { t } = useApp()
  const { data: channels } = useQuery(channelsQuery)
  const [matchers, setMatchers] = useState(matchersText(node.matchers))
  const [chosen, setChosen] = useState<string[]>([...node.channels])
  const [groupBy, setGroupBy] = useState(node.groupBy.join(', '))
  const [repeat, setRepeat] = useState(node.repeatSeconds === 0 ? '' : `${node.repeatSeconds / 60}m`)
  const [mutes, setMutes] = useState<string[]>([...node.muteTimes])
  const [goOn, setGoOn] = useState(node.goOn)
  const [steps, setSteps] = useState(
    node.escalation.map(step => ({ after: `${step.afterSeconds / 60}m`, channels: [...step.channels] })),
  )
  const [wrong, setWrong] = useState<string | null>(null)
  const options = [
    { value: '*', label: t('routing.everyChannel') },
    ...(channels ?? []).map(one => ({ value: one.id, label: one.name })),
  ]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = parseMatchers(matchers)
    const repeatMillis = repeat.trim() === '' ? 0 : parseDuration(repeat)
    const delays = steps.map(step => parseDuration(step.after))
    if (parsed === null) setWrong(t('silence.matchers.wrong'))
    else if (repeatMillis === null || delays.includes(null)) setWrong(t('routing.duration.wrong'))
    else
      onDone({
        ...node,
        matchers: parsed,
        channels: chosen,
        groupBy: groupBy.split(/[\s,]+/).filter(name => name !== ''),
        repeatSeconds: repeatMillis / 1000,
        muteTimes: mutes,
        goOn,
        escalation: steps.map((step, i) => ({
          afterSeconds: (delays[i] ?? 0) / 1000,
          channels: step.channels,
        })),
      })
  }
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={root ? t('routing.root') : t('routing.route')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.stack} onSubmit={submit} noValidate>
        {!root && (
          <Textarea
            size="xs"
            label={t('silence.matchers')}
            description={t('silence.matchers.hint')}
            autosize
            minRows={2}
            value={matchers}
            onChange={event => setMatchers(event.currentTarget.value)}
          />
        )}
        <Choices legend={t('routing.channels')} value={chosen} onChange={setChosen} options={options} />
        <FormRow>
          <TextInput
            size="xs"
            label={t('routing.groupBy')}
            value={groupBy}
            onChange={event => setGroupBy(event.currentTarget.value)}
          />
          <TextInput
            size="xs"
            w={160}
            label={t('routing.repeat')}
            placeholder="4h"
            value={repeat}
            onChange={event => setRepeat(event.currentTarget.value)}
          />
        </FormRow>
        <fieldset className={classes.fieldset}>
          <legend>{t('routing.escalation')}</legend>
          {steps.map((step, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
            <FormRow key={i} onDelete={() => setSteps(steps.filter((_, o) => o !== i))}>
              <Choices
                legend={t('routing.channels')}
                value={step.channels}
                onChange={ids => setSteps(steps.map((old, o) => (o === i ? { ...old, channels: ids } : old)))}
                options={options}
              />
              <TextInput
                size="xs"
                w={110}
                label={t('routing.after')}
                value={step.after}
                onChange={event => {
                  const after = event.currentTarget.value
                  setSteps(steps.map((old, o) => (o === i ? { ...old, after } : old)))
                }}
              />
            </FormRow>
          ))}
          <div>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => setSteps([...steps, { after: `${15 * (steps.length + 1)}m`, channels: [] }])}
            >
              {t('routing.addStep')}
            </Button>
          </div>
        </fieldset>
        {muteTimes.length > 0 && (
          <Choices
            legend={t('mute.title')}
            value={mutes}
            onChange={setMutes}
            options={muteTimes.map(value => ({ value, label: value }))}
          />
        )}
        {!root && <Check label={t('routing.goOn')} checked={goOn} onChange={on => setGoOn(on)} />}
        <FormError message={wrong} />
        <div className={classes.buttons}>
          <Button variant="default" size="xs" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" size="xs">
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Inhibitions({ routing, onChange }: { routing: Routing; onChange: (routing: Routing) => void }) {
  const { t, may } = useApp()
  const all = routing.inhibitions
  const text = (matchers: Routing['root']['matchers']) => matchers.map(matcherText).join(', ')
  return (
    <div className={classes.card}>
      <h2>{t('inhibition.title')}</h2>
      <ul>
        {all.map((one, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: inhibitions have no identity but their place
          <li key={i} className={classes.row}>
            <p>
              {t('inhibition.text', {
                source: text(one.source),
                target: text(one.target),
                equal: one.equal.join(', '),
              })}
            </p>
            {may('admin') && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => onChange({ ...routing, inhibitions: all.filter((_, other) => other !== i) })}
              >
                {t('action.delete')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may('admin') && (
        <InhibitionForm onDone={added => onChange({ ...routing, inhibitions: [...all, added] })} />
      )}
    </div>
  )
}

function InhibitionForm({ onDone }: { onDone: (added: Routing['inhibitions'][number]) => void }) {
  const { t } = useApp()
  const [source, setSource] = useState('')
  const [target, setTarget] = useState('')
  const [equal, setEqual] = useState('instance')
  const [wrong, setWrong] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [from, to] = [parseMatchers(source), parseMatchers(target)]
    if (from === null || to === null || from.length === 0 || to.length === 0) {
      setWrong(t('silence.matchers.wrong'))
      return
    }
    setWrong(null)
    setSource('')
    setTarget('')
    onDone({ source: from, target: to, equal: equal.split(/[\s,]+/).filter(name => name !== '') })
  }
  return (
    <form className={classes.pad} onSubmit={submit} noValidate>
      <FormRow>
        <TextInput
          size="xs"
          label={t('inhibition.source')}
          placeholder="alertname = HostDown"
          value={source}
          onChange={event => setSource(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t('inhibition.target')}
          placeholder="severity != critical"
          value={target}
          onChange={event => setTarget(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t('inhibition.equal')}
          value={equal}
          onChange={event => setEqual(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" type="submit">
          {t('inhibition.add')}
        </Button>
      </FormRow>
      <FormError message={wrong} />
    </form>
  )
}

function Test({ routing }: { routing: Routing }) {
  const { t, duration } = useApp()
  const names = useChannelNames()
  const [text, setText] = useState('alertname = HostDown\nseverity = critical\ninstance = web-1')
  const [wrong, setWrong] = useState<string | null>(null)
  const test = useMutation({
    mutationFn: (labels: Record<string, string>) => whereTo(routing, labels),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = parseMatchers(text)
    if (parsed === null || parsed.some(one => one.operator !== '=')) {
      setWrong(t('routing.test.wrong'))
      return
    }
    setWrong(null)
    test.mutate(Object.fromEntries(parsed.map(({ name, value }) => [name, value])))
  }
  return (
    <form className={classes.card} onSubmit={submit} noValidate>
      <h2>{t('routing.test')}</h2>
      <div className={`${classes.pad} ${classes.stack}`}>
        <Textarea
          size="xs"
          label={t('routing.test.labels')}
          autosize
          minRows={3}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        <FormError message={wrong ?? test.error?.message ?? null} />
        <div>
          <Button size="xs" variant="default" type="submit" loading={test.isPending}>
            {t('routing.test.run')}
          </Button>
        </div>
        {test.data !== undefined && (
          <div role="status">
            <p>
              <strong>
                {test.data.quiet !== null
                  ? `⏸ ${quietWord(test.data.quiet, t)}`
                  : test.data.channels.length === 0
                    ? t('incident.nobody')
                    : `→ ${names(test.data.channels)}`}
              </strong>
            </p>
            <p className={classes.hint}>{t('routing.groupedBy', { labels: test.data.groupBy.join(', ') })}</p>
            {test.data.escalation.map(step => (
              <p key={step.afterSeconds} className={classes.hint}>
                {t('routing.escalates', {
                  time: duration(step.afterSeconds * 1000),
                  names: names(step.channels),
                })}
              </p>
            ))}
          </div>
        )}
      </div>
    </form>
  )
}
