import { useSyncExternalStore } from 'react'
import { live } from '../api/live'

/** Whether the stream from the hub has broken off: what the page shows then is the last it heard. */
export function useHubLost(): boolean {
  return useSyncExternalStore(live.watch, () => live.snapshot().connection === 'lost')
}
