import type { ReactNode } from 'react'
import classes from './Page.module.css'

/** Facts about one thing, a name and a value each. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={`${classes.card} ${classes.facts}`}>{children}</dl>
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
