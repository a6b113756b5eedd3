import { Button, Modal, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { TuningState } from '../../api/tuning'
import { useApp } from '../../components/app'
import classes from '../../components/Page.module.css'
import { ChangeDialog } from '../../components/tuning/ChangeDialog'

/** Any knob that may be turned here, chosen by hand: previewed like advice, then tried or applied for a while. */
export function TurnKnob({ state }: { state: TuningState }) {
  const { t, lang, may } = useApp()
  const [step, setStep] = useState<'closed' | 'choosing' | 'chosen'>('closed')
  const [name, setName] = useState(state.actions[0]?.name ?? '')
  const [target, setTarget] = useState('')
  const [value, setValue] = useState('')
  const action = state.actions.find(one => one.name === name)
  const wholeHost = action === undefined || action.target === 'none'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setStep('chosen')
  }
  const close = () => setStep('closed')
  if (!may('operator') || state.actions.length === 0) return null
  return (
    <>
      <Button size="xs" onClick={() => setStep('choosing')}>
        {t('tuning.knob.choose')}
      </Button>
      {step === 'choosing' && (
        <Modal
          opened
          onClose={close}
          title={t('tuning.knob.choose')}
          closeButtonProps={{ 'aria-label': t('action.close') }}
        >
          <form className={classes.stack} onSubmit={submit}>
            <Select
              size="xs"
              label={t('tuning.knob')}
              searchable
              allowDeselect={false}
              value={name}
              onChange={chosen => chosen !== null && setName(chosen)}
              comboboxProps={{ transitionProps: { duration: 0 } }}
              data={state.actions.map(one => one.name)}
            />
            {!wholeHost && (
              <TextInput
                size="xs"
                label={t(`tuning.target.${action.target}`)}
                required
                value={target}
                onChange={event => setTarget(event.currentTarget.value)}
              />
            )}
            <TextInput
              size="xs"
              label={t('tuning.value')}
              description={action?.boundsText[lang]}
              required
              value={value}
              onChange={event => setValue(event.currentTarget.value)}
            />
            <div className={classes.buttons}>
              <Button variant="default" size="xs" onClick={close}>
                {t('action.cancel')}
              </Button>
              <Button type="submit" size="xs">
                {t('tuning.preview')}
              </Button>
            </div>
          </form>
        </Modal>
      )}
      {step === 'chosen' && (
        <ChangeDialog
          idea={{
            wanted: {
              host: state.host,
              action: name,
              target: wholeHost ? '' : target.trim(),
              value: value.trim(),
            },
            from: '',
            measure: null,
          }}
          step="preview"
          onClose={close}
        />
      )}
    </>
  )
}
