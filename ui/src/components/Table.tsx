import type { ReactNode } from 'react'
import classes from './Table.module.css'

/** The heading of a column: of text, of numbers, which stand at the right, or of the buttons of each row. */
export type Column = string | { readonly number: string } | { readonly actions: string }

/** A table that scrolls sideways within its card, also by keyboard; its rows are the children. */
export function Table({
  label,
  columns,
  children,
}: {
  /** What it lists, for screen readers. */
  label: string
  columns: readonly Column[]
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(column => (
              <Heading key={JSON.stringify(column)} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

function Heading({ column }: { column: Column }) {
  if (typeof column === 'string') return <th scope="col">{column}</th>
  if ('number' in column) {
    return (
      <th scope="col" className={classes.number}>
        {column.number}
      </th>
    )
  }
  return (
    <th scope="col" className={classes.actions}>
      <span className="sr-only">{column.actions}</span>
    </th>
  )
}

/** A number under its heading at the right. */
export function NumberCell({ children }: { children: ReactNode }) {
  return <td className={classes.number}>{children}</td>
}

/** What matters less than the rest of the row. */
export function MutedCell({ children }: { children: ReactNode }) {
  return <td className={classes.muted}>{children}</td>
}

/** A sentence, which may take several lines. */
export function TextCell({ children }: { children: ReactNode }) {
  return <td className={classes.text}>{children}</td>
}

/** The buttons of a row; they stay in sight while a narrow table scrolls under them. */
export function ActionsCell({ children }: { children: ReactNode }) {
  return (
    <td className={classes.actions}>
      <div className={classes.buttons}>{children}</div>
    </td>
  )
}
