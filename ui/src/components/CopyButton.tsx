import { Button } from '@mantine/core'
import { useState } from 'react'
import { useApp } from './app'

/** Copies a text. Copying needs a secure context; elsewhere there is no button and the text can be selected. */
export function CopyButton({ text, autoFocus = false }: { text: string; autoFocus?: boolean }) {
  const { t } = useApp()
  const [copied, setCopied] = useState(false)
  if (navigator.clipboard === undefined) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => void copy()}
      {...(autoFocus ? { 'data-autofocus': true } : {})}
    >
      {copied ? t('action.copied') : t('action.copy')}
    </Button>
  )
}
