import { Button } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import { useApp } from '../../components/app'
import classes from './Settings.module.css'

/** The end of a form that can be tried before it is saved; either forgets what the other came to. */
export function TryAndSave<Tried, Saved>({
  word,
  trial,
  save,
}: {
  word: string
  trial: UseMutationResult<Tried, Error, void>
  save: UseMutationResult<Saved, Error, void>
}) {
  const { t } = useApp()
  return (
    <div className={classes.buttons}>
      <Button
        variant="default"
        size="xs"
        loading={trial.isPending}
        onClick={() => {
          save.reset()
          trial.mutate()
        }}
      >
        {word}
      </Button>
      <Button type="submit" size="xs" loading={save.isPending} onClick={() => trial.reset()}>
        {t('action.save')}
      </Button>
    </div>
  )
}
