import { Link } from '@tanstack/react-router'
import { useApp } from '../components/app'
import { Notice } from '../components/States'
import { Shell } from '../components/shell/Shell'

export function NotFound() {
  const { t } = useApp()
  return (
    <Shell timed={false} crumbs={[{ text: t('nav.fleet'), to: '/fleet' }]}>
      <Notice
        title={t('nav.notFound.title')}
        action={
          <Link to="/fleet" search={true as never}>
            {t('nav.notFound.action')}
          </Link>
        }
      >
        {t('nav.notFound.body')}
      </Notice>
    </Shell>
  )
}
