import { ActionIcon } from '@mantine/core'
import type { FleetHost } from '../../api/fleet'
import { useApp } from '../../components/app'
import { Icon } from '../../components/icons'
import classes from './Fleet.module.css'

/** Opens what can be said and done about a server. */
export function EditButton({ one, onEdit }: { one: FleetHost; onEdit: (one: FleetHost) => void }) {
  const { t, may } = useApp()
  if (!may('operator')) return null
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={28}
      className={classes.edit}
      aria-label={t('fleet.edit', { name: one.host.name })}
      onClick={() => onEdit(one)}
    >
      <Icon name="more" />
    </ActionIcon>
  )
}
