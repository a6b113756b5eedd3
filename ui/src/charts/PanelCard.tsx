import { ActionIcon, Menu } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useId, useState } from 'react'
import { useApp } from '../components/app'
import { Icon } from '../components/icons'
import type { UrlState } from '../lib/urlState'
import classes from './PanelCard.module.css'
import type { Panel } from './panels'

export interface PanelFrameProps {
  readonly panel: Panel
  readonly title?: string
  readonly meta?: ReactNode
  readonly metaHint?: string
  readonly table: boolean
  readonly onTable?: (table: boolean) => void
  readonly onCsv?: () => void
  readonly expressions?: readonly string[]
  readonly children: ReactNode
}

const root = getRouteApi('__root__')

/** The frame of every chart: title, resolution, actions. An error stays inside it. */
export function PanelFrame(props: PanelFrameProps) {
  const { panel, meta, metaHint, table, onTable, onCsv, expressions, children } = props
  const { t } = useApp()
  const navigate = useNavigate()
  const search = root.useSearch()
  const headingId = useId()
  const [showQuery, setShowQuery] = useState(false)
  const title = props.title ?? t(panel.title)

  const setLarge = (id: string | undefined) =>
    void navigate({
      to: '.',
      search: ((old: UrlState) => ({ ...old, panel: id })) as never,
      resetScroll: false,
    })
  const copyLink = () => {
    const link = new URL(location.href)
    link.searchParams.set('panel', panel.id)
    void navigator.clipboard?.writeText(link.toString())
  }

  return (
    <section className={classes.card} aria-labelledby={headingId} data-panel={panel.id}>
      <header className={classes.header}>
        <h2 id={headingId} className={classes.title}>
          {title}
        </h2>
        <span className={classes.meta} title={metaHint}>
          {meta}
        </span>
        {search.panel === panel.id ? (
          <ActionIcon
            variant="subtle"
            size={28}
            aria-label={t('action.close')}
            onClick={() => setLarge(undefined)}
          >
            <Icon name="close" />
          </ActionIcon>
        ) : (
          <Menu position="bottom-end" shadow="none" width={200} transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={28} aria-label={t('chart.menu', { title })}>
                <Icon name="more" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {onTable !== undefined && (
                <Menu.Item
                  leftSection={<Icon name={table ? 'chart' : 'table'} />}
                  onClick={() => onTable(!table)}
                >
                  {table ? t('chart.chart') : t('chart.table')}
                </Menu.Item>
              )}
              {onCsv !== undefined && (
                <Menu.Item leftSection={<Icon name="download" />} onClick={onCsv}>
                  {t('chart.csv')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<Icon name="large" />} onClick={() => setLarge(panel.id)}>
                {t('chart.large')}
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="link" />} onClick={copyLink}>
                {t('chart.link')}
              </Menu.Item>
              {expressions !== undefined && (
                <Menu.Item leftSection={<Icon name="code" />} onClick={() => setShowQuery(!showQuery)}>
                  {t('chart.query')}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </header>
      {showQuery && (
        <ul className={classes.query}>
          {expressions?.map(expression => (
            <li key={expression}>
              <code>{expression}</code>
            </li>
          ))}
        </ul>
      )}
      {children}
    </section>
  )
}
