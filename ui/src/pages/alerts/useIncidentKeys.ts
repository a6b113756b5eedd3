import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { acknowledge, type Incident, type IncidentLine } from '../../api/incidents'
import { useApp } from '../../components/app'
import { isTyping } from '../../components/shell/Keyboard'

/** How long an acknowledgement by key lasts: after that, people are told again. */
const ACK_MINUTES = 60

/**
 * j and k move between the incidents of the list, a acknowledges the one that has the focus, m mutes it.
 * Answers why the last acknowledgement was refused.
 */
export function useIncidentKeys(
  lines: readonly IncidentLine[],
  mute: (incident: Incident) => void,
): string | null {
  const { preferences, may } = useApp()
  const queries = useQueryClient()
  const { mutate, error } = useMutation({
    mutationFn: (id: string) => acknowledge(id, ACK_MINUTES),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['incidents'] }),
  })
  const enabled = preferences.shortcuts === 'on'
  const operator = may('operator')
  useEffect(() => {
    if (!enabled) return
    const act = (key: string): boolean => {
      if (key === 'j' || key === 'k') return move(key === 'j' ? 1 : -1)
      const id = document.activeElement?.closest<HTMLElement>('[data-incident]')?.dataset.incident
      const incident = lines.find(line => line.incident.id === id)?.incident
      if (!operator || incident === undefined || incident.resolvedAt !== null) return false
      if (key === 'a') mutate(incident.id)
      else if (key === 'm') mute(incident)
      else return false
      return true
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
      if (act(event.key)) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [enabled, operator, lines, mutate, mute])
  return error?.message ?? null
}

function move(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLElement>('[data-incident] a')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]
  next?.focus()
  return next !== undefined
}
