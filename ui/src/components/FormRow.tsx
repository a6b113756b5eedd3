import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useApp } from './app'
import classes from './FormRow.module.css'

/** Fields side by side, the first as wide as there is room; at the end the button that takes the row away. */
export function FormRow({
  onDelete,
  children,
}: {
  onDelete?: (() => void) | undefined
  children: ReactNode
}) {
  const { t } = useApp()
  return (
    <div className={classes.row}>
      {children}
      {onDelete !== undefined && (
        <Button size="compact-xs" mb={4} variant="default" onClick={onDelete}>
          {t('action.delete')}
        </Button>
      )}
    </div>
  )
}
