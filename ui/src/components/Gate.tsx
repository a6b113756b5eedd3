import type { ReactNode } from 'react'
import { useApp } from './app'
import classes from './Gate.module.css'
import { Mark } from './icons'

/** The frame of the pages in front of the door: set-up and login. */
export function Gate({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const { session, lang, prefer } = useApp()
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Mark size={32} />
          <span className={classes.product}>Evenkeel</span>
          <span className={classes.host}>{session?.hub.host}</span>
          <button
            type="button"
            className={classes.lang}
            lang={lang === 'en' ? 'zh-CN' : 'en'}
            onClick={() => prefer({ lang: lang === 'en' ? 'zh' : 'en' })}
          >
            {lang === 'en' ? '中文' : 'EN'}
          </button>
        </div>
        <h1>{title}</h1>
        {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  )
}
