import { Modal } from '@mantine/core'
import { useEffect } from 'react'
import type { PlainKey } from '../../lib/i18n'
import { shift, zoomOut } from '../../lib/range'
import { createStore } from '../../lib/store'
import { useApp } from '../app'
import { viewClock } from '../clock'
import { pickingEnd } from '../cursor'
import { useTime } from '../time'
import classes from './Keyboard.module.css'

/** Counts the times that 't' was pressed; the picker opens at each. */
export const openRangePicker = createStore(0)

const LIST: readonly (readonly [string, PlainKey])[] = [
  ['?', 'keys.help'],
  ['t', 'keys.time'],
  ['[', 'keys.earlier'],
  [']', 'keys.later'],
  ['-', 'keys.zoomOut'],
  ['Space', 'keys.pause'],
  ['c', 'keys.compare'],
  ['/', 'keys.filter'],
  ['j k', 'keys.move'],
  ['a', 'keys.acknowledge'],
  ['m', 'keys.mute'],
  ['Esc', 'keys.escape'],
]

const MOUSE: readonly (readonly [PlainKey, PlainKey])[] = [
  ['keys.mouse.drag', 'keys.mouse.drag.what'],
  ['keys.mouse.double', 'keys.mouse.double.what'],
  ['keys.mouse.click', 'keys.mouse.click.what'],
]

/** Single keys act only where nobody is typing, without modifiers, and when they are not switched off. */
export function useShortcuts(timed: boolean, showHelp: () => void): void {
  const { zone, preferences } = useApp()
  const time = useTime()
  const enabled = preferences.shortcuts === 'on'
  useEffect(() => {
    if (!enabled) return
    const act = (key: string): boolean => {
      if (key === '?') {
        showHelp()
        return true
      }
      if (key === '/') {
        const filter = document.querySelector<HTMLInputElement>('input[data-filter]')
        filter?.focus()
        return filter !== null
      }
      if (!timed) return false
      switch (key) {
        case 't':
          openRangePicker.set(openRangePicker.get() + 1)
          return true
        case '[':
          time.setRange(shift(time.range, -1, viewClock.now(), zone))
          return true
        case ']':
          time.setRange(shift(time.range, 1, viewClock.now(), zone))
          return true
        case '-':
          time.setRange(zoomOut(time.range, viewClock.now(), zone))
          return true
        case ' ':
          if (!time.live) return false
          time.setPaused(!time.paused)
          return true
        case 'c':
          time.setCompare(time.compare === undefined ? '1d' : undefined)
          return true
        case 'Escape':
          pickingEnd.set(false)
          if (time.pinned === null) return false
          time.pin(null)
          return true
        default:
          return false
      }
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
      if (act(event.key)) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [enabled, timed, time, zone, showHelp])
}

/** Whether a key goes to what has the focus, and is no command. */
export function isTyping(event: KeyboardEvent): boolean {
  // Inside a shadow root, where the editor lives, the event's own target is only the root's host.
  const target = event.composedPath()[0]
  const { key } = event
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null)
    return true
  // Space presses the button or link that has the focus.
  return key === ' ' && target.closest('button, a, [role="menuitem"]') !== null
}

export function KeyboardHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useApp()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <dl className={classes.list}>
        {LIST.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
        {MOUSE.map(([how, what]) => (
          <div key={how}>
            <dt>{t(how)}</dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.off}>{t('keys.off')}</p>
    </Modal>
  )
}
