import { useEffect, useRef, useState } from 'react'
import type { ChartResult } from '../../api/chart'
import { useApp } from '../../components/app'
import { Icon } from '../../components/icons'
import classes from './Explore.module.css'
import type { Editor } from './editor'

/** One expression: an editor that completes, and below it what the hub says against it. */
export function ExpressionField({
  letter,
  text,
  error,
  warnings,
  onChange,
  onRun,
  onRemove,
}: {
  letter: string
  text: string
  error: ChartResult['error']
  warnings: readonly string[]
  onChange: (text: string) => void
  onRun: () => void
  /** Nothing where the only expression stands. */
  onRemove: (() => void) | undefined
}) {
  const { t } = useApp()
  const box = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | null>(null)
  const [ready, setReady] = useState(false)
  const label = t('explore.expression', { letter })
  const hint = t('explore.hint')

  // What the editor calls: always the newest, without making a new editor.
  const handlers = useRef({ text, label, hint, onChange, onRun })
  handlers.current = { text, label, hint, onChange, onRun }

  useEffect(() => {
    const parent = box.current
    let gone = false
    // Until it is there, and where it cannot be loaded, the plain field below serves.
    import('./editor')
      .then(({ createEditor }) => {
        if (gone || parent === null) return
        editor.current = createEditor(parent, {
          text: handlers.current.text,
          label: handlers.current.label,
          hint: handlers.current.hint,
          onChange: next => handlers.current.onChange(next),
          onRun: () => handlers.current.onRun(),
        })
        setReady(true)
      })
      .catch(() => undefined)
    return () => {
      gone = true
      editor.current?.destroy()
      editor.current = null
      setReady(false)
    }
  }, [])

  useEffect(() => editor.current?.setText(text), [text])
  useEffect(() => editor.current?.setLabel(label), [label])
  useEffect(() => {
    if (!ready) return
    const position = error?.position ?? null
    editor.current?.setError(
      error === null || position === null || position < 0 ? null : { position, message: error.message },
    )
  }, [error, ready])

  return (
    <div className={classes.expression}>
      <span className={classes.letter} aria-hidden="true">
        {letter}
      </span>
      <div className={classes.field} data-bad={error !== null || undefined}>
        <div ref={box} className={classes.editor} hidden={!ready} />
        {!ready && (
          <textarea
            className={classes.plain}
            rows={1}
            aria-label={label}
            placeholder={hint}
            value={text}
            spellCheck={false}
            autoCapitalize="off"
            onChange={event => onChange(event.currentTarget.value)}
            onKeyDown={event => {
              if (event.key === 'Enter' && !event.shiftKey) {
                event.preventDefault()
                onRun()
              }
            }}
          />
        )}
      </div>
      {onRemove !== undefined && (
        <button
          type="button"
          className={classes.tool}
          aria-label={t('explore.remove', { letter })}
          title={t('explore.remove', { letter })}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
      {error !== null && (
        <p className={classes.error} role="alert">
          ◆ {error.message}
        </p>
      )}
      {warnings.map(warning => (
        <p key={warning} className={classes.warning}>
          ▲ {warning}
        </p>
      ))}
    </div>
  )
}
