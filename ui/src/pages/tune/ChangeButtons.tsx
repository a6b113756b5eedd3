import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { abortTrial, keepChange, revertChange, type TuningChange } from '../../api/tuning'
import { useApp } from '../../components/app'
import { FormError } from '../../components/FormError'
import classes from '../../components/Page.module.css'
import { knobText } from '../../components/tuning/words'

/** Keep and revert of a change; a trial that runs decides by itself and can only be ended. */
export function ChangeButtons({ change, host }: { change: TuningChange; host: string }) {
  const { t, may } = useApp()
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: ['tuning'] })
  const keep = useMutation({ mutationFn: () => keepChange(change.id, host), onSettled })
  const runs = change.trial && !change.kept
  const revert = useMutation({
    mutationFn: () => (runs ? abortTrial(change.id) : revertChange(change.id, host)),
    onSettled,
  })
  if (!may('admin')) return null
  const knob = knobText(change)
  return (
    <div>
      <div className={classes.actions}>
        {!change.kept && !runs && (
          <Button
            size="compact-xs"
            variant="default"
            loading={keep.isPending}
            aria-label={t('tuning.keep.of', { knob })}
            onClick={() => keep.mutate()}
          >
            {t('tuning.keep')}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          loading={revert.isPending}
          aria-label={t('tuning.revert.of', { knob })}
          onClick={() => revert.mutate()}
        >
          {t('tuning.revert')}
        </Button>
      </div>
      <FormError message={(keep.error ?? revert.error)?.message ?? null} />
    </div>
  )
}
