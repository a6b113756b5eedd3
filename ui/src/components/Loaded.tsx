import type { ReactNode } from 'react'
import { ApiError } from '../api/client'
import type { Role } from '../api/session'
import { Failure, Notice, Skeleton } from './States'

/** The parts of a query that are looked at; any query of TanStack's is one. */
interface Question<T> {
  readonly data: T | undefined
  readonly error: Error | null
  readonly refetch: () => unknown
}

/**
 * What a question to the hub brought. Until it is there: a grey shape of the final size, or why it does not come
 * and a way to try again. Data that was there once stays in view while it is asked for anew.
 */
export function Loaded<T>({
  query: { data, error, refetch },
  height,
  needed = 'viewer',
  missing,
  children,
}: {
  query: Question<T>
  height: number
  /** The role that a refusal names. */
  needed?: Role
  /** What stands there when the hub knows no such thing. */
  missing?: ReactNode
  children: (data: T) => ReactNode
}) {
  if (data !== undefined) return children(data)
  if (error === null) return <Skeleton height={height} />
  if (missing !== undefined && error instanceof ApiError && error.code === 'not_found') {
    return typeof missing === 'string' ? <Notice title={missing} /> : missing
  }
  return <Failure error={error} retry={() => void refetch()} needed={needed} />
}
