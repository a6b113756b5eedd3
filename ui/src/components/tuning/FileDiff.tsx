import { useApp } from '../app'
import classes from './Tuning.module.css'

const KINDS: Readonly<Record<string, string | undefined>> = { '-': classes.removed, '+': classes.added }

/** What a change does to a configuration file, as a unified difference. */
export function FileDiff({ text }: { text: string }) {
  const { t } = useApp()
  const lines = text.replace(/\n$/, '').split('\n')
  const file = (lines[0] ?? '').replace(/^--- /, '')
  return (
    <section className={classes.patch} aria-label={t('tuning.diff.of', { file })}>
      <p className={classes.hint}>{t('tuning.diff.of', { file })}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <pre className={classes.file} tabIndex={0}>
        {lines.slice(2).map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that does not change
          <span key={at} className={KINDS[line.slice(0, 1)]}>
            {`${line}\n`}
          </span>
        ))}
      </pre>
    </section>
  )
}
