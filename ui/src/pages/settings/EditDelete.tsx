import { Button } from '@mantine/core'
import { useApp } from '../../components/app'
import classes from './Settings.module.css'

/** What may be done with a row of a list. */
export function EditDelete({
  removeName,
  onEdit,
  onRemove,
}: {
  /** What removing is called where the row is not seen. */
  removeName: string
  onEdit: () => void
  onRemove: () => void
}) {
  const { t } = useApp()
  return (
    <div className={classes.actions}>
      <Button size="compact-xs" variant="default" onClick={onEdit}>
        {t('action.edit')}
      </Button>
      <Button size="compact-xs" variant="default" aria-label={removeName} onClick={onRemove}>
        {t('action.delete')}
      </Button>
    </div>
  )
}
