import type { Backend, Pool } from '../../api/pools'
import type { Level } from '../../components/Status'
import type { PlainKey } from '../../lib/i18n'

/** What a backend does now, the worst first. */
export function backendState(backend: Backend): readonly [Level, PlainKey] {
  if (backend.draining) return ['none', 'lb.state.drained']
  if (!backend.up) return ['crit', 'lb.state.down']
  if (backend.circuit === 'open') return ['warn', 'lb.state.leftOut']
  if (backend.circuit === 'half_open') return ['warn', 'lb.state.tried']
  if (backend.setWeight === 0) return ['none', 'lb.state.noWeight']
  if (backend.weight < backend.setWeight) return ['ok', 'lb.state.starting']
  return ['ok', 'lb.state.serving']
}

export const isServing = (backend: Backend): boolean => backendState(backend)[0] === 'ok'

/** What a pool is like: all backends serve, some do not, or too few do. */
export function poolState({ panicking, backends }: Pool): readonly [Level, PlainKey] {
  if (panicking || !backends.some(isServing)) return ['crit', 'lb.pool.panic']
  return backends.some(one => ['warn', 'crit'].includes(backendState(one)[0]))
    ? ['warn', 'lb.pool.some']
    : ['ok', 'lb.pool.ok']
}
