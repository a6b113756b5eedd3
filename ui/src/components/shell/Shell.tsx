import { Button, Menu } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { channelsQuery } from '../../api/channels'
import { logOut } from '../../api/session'
import type { PlainKey } from '../../lib/i18n'
import { useApp } from '../app'
import { Icon, type IconName, Mark } from '../icons'
import { FreshnessBadge } from './Freshness'
import { KeyboardHelp, useShortcuts } from './Keyboard'
import { RangePicker } from './RangePicker'
import classes from './Shell.module.css'

/** The rail shows what exists. A later part of the product adds its entry here. */
const ENTRIES: readonly {
  readonly to: '/fleet' | '/explore' | '/alerts' | '/diagnose' | '/tuning' | '/lb' | '/settings'
  readonly icon: IconName
  readonly word: PlainKey
}[] = [
  { to: '/fleet', icon: 'servers', word: 'nav.fleet' },
  { to: '/explore', icon: 'chart', word: 'nav.explore' },
  { to: '/alerts', icon: 'bell', word: 'nav.alerts' },
  { to: '/diagnose', icon: 'pulse', word: 'nav.diagnose' },
  { to: '/tuning', icon: 'dial', word: 'nav.tuning' },
  { to: '/lb', icon: 'split', word: 'nav.lb' },
  { to: '/settings', icon: 'settings', word: 'nav.settings' },
]

export interface Crumb {
  readonly text: string
  readonly to?: '/fleet' | '/alerts' | '/diagnose' | '/profiles' | '/tuning' | '/lb' | '/settings'
}

const root = getRouteApi('__root__')

/** Rail, top bar, page. `timed` pages have the range picker and the freshness badge. */
export function Shell({
  crumbs,
  timed,
  children,
}: {
  crumbs: readonly Crumb[]
  timed: boolean
  children: ReactNode
}) {
  const { t, session } = useApp()
  const { kiosk } = root.useSearch()
  const [help, setHelp] = useState(false)
  useShortcuts(timed, () => setHelp(true))

  return (
    <div className={classes.shell} data-kiosk={kiosk}>
      <a href="#main" className={classes.skip}>
        {t('nav.skip')}
      </a>
      {kiosk === undefined && <Rail />}
      <div className={classes.column}>
        <header className={classes.top}>
          <Crumbs crumbs={crumbs} />
          {timed && (
            <div className={classes.time}>
              <RangePicker />
              <FreshnessBadge />
            </div>
          )}
          {kiosk === undefined && <Personal onHelp={() => setHelp(true)} />}
        </header>
        {session?.state === 'setup' && <p className={classes.banner}>{t('setup.banner')}</p>}
        {session?.state === 'ready' && <NobodyIsTold />}
        <main id="main" className={classes.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <KeyboardHelp opened={help} onClose={() => setHelp(false)} />
    </div>
  )
}

/** Alerts that nobody hears of are the one thing that must not be overlooked. */
function NobodyIsTold() {
  const { t } = useApp()
  const { data: channels } = useQuery(channelsQuery)
  if (channels === undefined || channels.some(channel => channel.enabled)) return null
  return (
    <p className={classes.alarm} role="alert">
      <span aria-hidden="true">◆ </span>
      {t('banner.noChannel')}{' '}
      <Link to="/settings/$section" params={{ section: 'channels' }} search={true as never}>
        {t('banner.noChannel.action')}
      </Link>
    </p>
  )
}

function Rail() {
  const { t } = useApp()
  return (
    <nav className={classes.rail} aria-label={t('nav.main')}>
      <Link to="/fleet" search={true as never} className={classes.mark} aria-label="Evenkeel">
        <Mark size={28} />
      </Link>
      <ul className={classes.entries}>
        {ENTRIES.map(({ to, icon, word }) => (
          <li key={to}>
            <Entry to={to} icon={icon} word={t(word)} />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Entry({ to, icon, word }: { to: (typeof ENTRIES)[number]['to']; icon: IconName; word: string }) {
  return (
    <Link
      to={to}
      search={true as never}
      className={classes.entry}
      activeProps={{ 'data-active': true } as never}
    >
      <Icon name={icon} size={20} />
      <span>{word}</span>
    </Link>
  )
}

function Crumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  const { t } = useApp()
  return (
    <nav className={classes.crumbs} aria-label={t('nav.breadcrumb')}>
      <ol>
        {crumbs.map(({ text, to }, i) => (
          <li key={text} aria-current={i === crumbs.length - 1 ? 'page' : undefined}>
            {to === undefined ? (
              <span>{text}</span>
            ) : (
              <Link to={to} search={true as never}>
                {text}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Personal({ onHelp }: { onHelp: () => void }) {
  const { t, theme, lang, prefer, session } = useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const search = root.useSearch()

  // A look that the address dictates would win over the choice: the choice takes it out of the address.
  const choose = (change: Parameters<typeof prefer>[0], key: 'theme' | 'lang') => {
    prefer(change)
    if (search[key] !== undefined) {
      void navigate({
        to: '.',
        search: ((old: object) => ({ ...old, [key]: undefined })) as never,
        replace: true,
      })
    }
  }
  const dark = theme === 'dark'
  const leave = async () => {
    await logOut()
    queries.clear()
    await navigate({ to: '/login', search: {} as never })
  }

  return (
    <div className={classes.personal}>
      <button
        type="button"
        className={classes.tool}
        aria-label={dark ? t('theme.toLight') : t('theme.toDark')}
        title={dark ? t('theme.toLight') : t('theme.toDark')}
        onClick={() => choose({ theme: dark ? 'light' : 'dark' }, 'theme')}
      >
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        className={classes.tool}
        lang={lang === 'en' ? 'zh-CN' : 'en'}
        onClick={() => choose({ lang: lang === 'en' ? 'zh' : 'en' }, 'lang')}
      >
        {lang === 'en' ? '中文' : 'EN'}
      </button>
      <button
        type="button"
        className={`${classes.tool} ${classes.wide}`}
        aria-label={t('keys.show')}
        title={t('keys.show')}
        onClick={onHelp}
      >
        <Icon name="keyboard" />
      </button>
      {session?.user !== null && session?.user !== undefined && (
        <Menu position="bottom-end" shadow="none" width={200} transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <Button
              variant="subtle"
              size="compact-sm"
              className={classes.user}
              leftSection={<Icon name="user" />}
            >
              <span className={classes.userName}>{session.user.name}</span>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>
              {session.user.name} · {t(`role.${session.user.role}`)}
            </Menu.Label>
            <Menu.Item leftSection={<Icon name="logOut" />} onClick={() => void leave()}>
              {t('action.logOut')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  )
}
