import type { ReactNode } from 'react'
import classes from './Check.module.css'

/** A box to tick with its words beside it. */
export function Check({
  label,
  name,
  checked,
  onChange,
}: {
  label: ReactNode
  /** What it is called where the words beside it do not say enough. */
  name?: string
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  return (
    <label className={classes.check}>
      <input
        type="checkbox"
        aria-label={name}
        checked={checked}
        onChange={event => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  )
}

/** Some of several, each with a box. */
export function Choices({
  legend,
  value,
  options,
  onChange,
}: {
  legend: string
  value: readonly string[]
  options: readonly { readonly value: string; readonly label: string }[]
  onChange: (value: string[]) => void
}) {
  return (
    <fieldset className={classes.choices}>
      <legend>{legend}</legend>
      {options.map(one => (
        <Check
          key={one.value}
          label={one.label}
          checked={value.includes(one.value)}
          onChange={on => onChange(on ? [...value, one.value] : value.filter(old => old !== one.value))}
        />
      ))}
    </fieldset>
  )
}
