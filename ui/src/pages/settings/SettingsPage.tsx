import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useApp } from '../../components/app'
import { Icon, type IconName } from '../../components/icons'
import { Shell } from '../../components/shell/Shell'
import { useTitle } from '../../components/useTitle'
import { About } from './About'
import { Appearance } from './Appearance'
import { Audit } from './Audit'
import { Channels } from './Channels'
import { Collection } from './Collection'
import { Probes } from './Probes'
import { Servers } from './Servers'
import classes from './Settings.module.css'
import { SECTIONS, type Section } from './sections'
import { Targets } from './Targets'
import { Tokens } from './Tokens'
import { Users } from './Users'

const ICONS: Record<Section, IconName> = {
  appearance: 'palette',
  collection: 'clock',
  servers: 'servers',
  targets: 'link',
  probes: 'pulse',
  channels: 'bell',
  users: 'user',
  tokens: 'key',
  audit: 'list',
  about: 'info',
}

const BODIES: Record<Section, () => ReactNode> = {
  appearance: () => <Appearance />,
  collection: () => <Collection />,
  servers: () => <Servers />,
  targets: () => <Targets />,
  probes: () => <Probes />,
  channels: () => <Channels />,
  users: () => <Users />,
  tokens: () => <Tokens />,
  audit: () => <Audit />,
  about: () => <About />,
}

const route = getRouteApi('/inside/settings/$section')

export default function SettingsPage() {
  const { t } = useApp()
  const { section } = route.useParams()
  useTitle(`${t(`settings.${section}`)} · ${t('settings.title')}`)
  return (
    <Shell
      timed={false}
      crumbs={[{ text: t('settings.title'), to: '/settings' }, { text: t(`settings.${section}`) }]}
    >
      <div className={classes.page}>
        <nav className={classes.nav} aria-label={t('settings.title')}>
          <ul>
            {SECTIONS.map(one => (
              <li key={one}>
                <Link
                  to="/settings/$section"
                  params={{ section: one }}
                  search={true as never}
                  className={classes.entry}
                  aria-current={one === section ? 'page' : undefined}
                >
                  <Icon name={ICONS[one]} />
                  {t(`settings.${one}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className={classes.body}>
          <h1>{t(`settings.${section}`)}</h1>
          {BODIES[section]()}
        </div>
      </div>
    </Shell>
  )
}
