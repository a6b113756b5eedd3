import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { agentsQuery } from '../../api/enrolment'
import { fleetQuery } from '../../api/fleet'
import { HUB_PLACE } from '../../api/probes'
import { useApp } from '../../components/app'
import { Check } from '../../components/Check'
import { FormError } from '../../components/FormError'
import type { Translate } from '../../lib/i18n'
import classes from './Settings.module.css'

/** A place in words: `group:shop` as 'group shop'. */
export function placeWords(t: Translate, place: string): string {
  const name = place.slice(place.indexOf(':') + 1)
  if (place === HUB_PLACE) return t('probes.from.hub')
  if (place.startsWith('group:')) return t('probes.from.group', { name })
  return place.startsWith('tag:') ? t('probes.from.tag', { name }) : name
}

/** From where a probe runs: the hub, and servers by their names, groups or tags. */
export function ProbePlaces({
  value,
  onChange,
  error,
}: {
  value: readonly string[]
  onChange: (places: string[]) => void
  error?: string
}) {
  const { t } = useApp()
  const [words, setWords] = useState('')
  const agents = useQuery(agentsQuery(words === '' ? {} : { q: words }))
  const fleet = useQuery(fleetQuery({}))
  const options = (prefix: string, names: readonly string[]) =>
    names
      .map(name => ({ value: `${prefix}:${name}`, label: name }))
      .filter(option => !value.includes(option.value))
  const known = [
    {
      group: t('probes.from.groups'),
      items: options('group', Object.keys(fleet.data?.groups ?? {}).filter(Boolean)),
    },
    { group: t('probes.from.tags'), items: options('tag', Object.keys(fleet.data?.tags ?? {})) },
    {
      group: t('probes.from.servers'),
      items: options(
        'server',
        (agents.data?.agents ?? []).filter(one => one.retiredAt === null).map(one => one.name),
      ),
    },
  ].filter(one => one.items.length > 0)
  const servers = value.filter(place => place !== HUB_PLACE)
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t('probes.from')}</legend>
      <Check
        label={t('probes.from.hub')}
        checked={value.includes(HUB_PLACE)}
        onChange={hub => onChange(hub ? [HUB_PLACE, ...servers] : servers)}
      />
      {servers.length > 0 && (
        <ul className={classes.choices}>
          {servers.map(place => (
            <li key={place}>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('probes.from.remove', { name: placeWords(t, place) })}
                onClick={() => onChange(value.filter(one => one !== place))}
              >
                {placeWords(t, place)} ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Select
        size="xs"
        label={t('probes.from.add')}
        description={t('probes.from.hint')}
        placeholder={known.length === 0 ? t('probes.from.none') : ''}
        disabled={known.length === 0}
        searchable
        searchValue={words}
        onSearchChange={setWords}
        limit={50}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        data={known}
        value={null}
        onChange={place => place !== null && onChange([...value, place])}
      />
      {error !== undefined && <FormError message={error} />}
    </fieldset>
  )
}
