import { Button, Modal } from '@mantine/core'
import { useApp } from './app'
import classes from './Confirm.module.css'

/** Asks before something that cannot be taken back, and says what follows. */
export function Confirm({
  title,
  body,
  action,
  onConfirm,
  onClose,
}: {
  title: string
  body: string
  action: string
  onConfirm: () => void
  onClose: () => void
}) {
  const { t } = useApp()
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <p>{body}</p>
      <div className={classes.buttons}>
        <Button variant="default" size="xs" onClick={onClose} data-autofocus>
          {t('action.cancel')}
        </Button>
        <Button size="xs" onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Modal>
  )
}
