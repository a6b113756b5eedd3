import classes from './FormError.module.css'

/** What went wrong with a form, said where the eyes and screen readers are. */
export function FormError({ message }: { message: string | null }) {
  return (
    <p className={classes.error} role="alert" hidden={message === null}>
      {message !== null && <span aria-hidden="true">◆ </span>}
      {message}
    </p>
  )
}
