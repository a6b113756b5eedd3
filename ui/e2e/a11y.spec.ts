import axe from 'axe-core'
import { chartIsDrawn, expect, NOW, test } from './fixtures'

/** WCAG 2.2 AA as far as a machine can tell: no violations, in both themes. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const PAGES = [
  ['overview', '/fleet', 'ready'],
  ['disk', '/servers/h1/disk', 'ready'],
  ['processes', '/servers/h1/processes', 'ready'],
  ['explore', '/explore?q=node_load1', 'ready'],
  ['explore-table', '/explore?q=node_load1&viz=table', 'ready'],
  ['explore-error', '/explore?q=nonsense', 'ready'],
  ['incidents', '/alerts', 'ready'],
  ['incident', '/alerts/incidents/i1', 'ready'],
  ['rules', '/alerts/rules', 'ready'],
  ['silences', '/alerts/silences', 'ready'],
  ['routing', '/alerts/routing', 'ready'],
  ['findings', '/diagnose', 'ready'],
  ['finding', '/diagnose/findings/f1', 'ready'],
  ['tuning', '/tuning', 'ready'],
  ['tuning-history', '/tuning/history', 'ready'],
  ['trial', '/tuning/changes/t1', 'ready'],
  ['trial-report', '/tuning/changes/t2', 'ready'],
  ['profiles', '/profiles', 'ready'],
  ['profile', '/profiles/p1', 'ready'],
  ['profile-difference', '/profiles/p1?diff=p2', 'ready'],
  ['profile-memory', '/profiles/p5', 'ready'],
  ['balancer', '/lb', 'ready'],
  ['pool', '/lb/shop', 'ready'],
  ['appearance', '/settings/appearance', 'ready'],
  ['channels', '/settings/channels', 'ready'],
  ['targets', '/settings/targets', 'ready'],
  ['users', '/settings/users', 'ready'],
  ['tokens', '/settings/tokens', 'ready'],
  ['audit', '/settings/audit', 'ready'],
  ['about', '/settings/about', 'ready'],
  ['setup', '/setup#token=mock-setup-token', 'setup'],
  ['read-only', '/settings/collection', 'setup'],
  ['login', '/login', 'login'],
] as const

for (const theme of ['light', 'dark'] as const) {
  for (const [name, address, state] of PAGES) {
    test.describe(() => {
      test.use({ mock: { now: NOW, state }, colorScheme: theme })
      test(`${name} in ${theme} has no violation that axe can find`, async ({ page, hub }) => {
        await page.clock.setFixedTime(NOW)
        await page.goto(hub.url + address)
        await expect(page.locator('h1')).toBeVisible()
        if (name === 'overview') await chartIsDrawn(page, 'cpu-modes')
        if (name === 'explore') await chartIsDrawn(page, 'explore')
        if (name === 'tuning') await expect(page.getByRole('timer')).toBeVisible()
        if (name === 'tuning-history') await expect(page.getByRole('table').first()).toBeVisible()
        if (name === 'explore-error') await expect(page.getByRole('alert')).toBeVisible()
        await isClean(page)
      })
    })
  }
  test.describe(() => {
    test.use({ mock: { now: NOW, hosts: 10 }, colorScheme: theme })
    test(`open menus and dialogs in ${theme} have no violation`, async ({ page, hub }) => {
      await page.clock.setFixedTime(NOW)
      await page.goto(`${hub.url}/fleet`)
      await expect(page.getByRole('heading', { name: 'Servers' })).toBeVisible()
      await page.keyboard.press('t')
      await expect(page.getByLabel('Any range')).toBeVisible()
      await isClean(page)
      await page.keyboard.press('Escape')
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog')).toBeVisible()
      await isClean(page)
    })
  })
}

/** What is still fading in has less contrast for a moment. */
function isClean(page: import('@playwright/test').Page): Promise<void> {
  return expect.poll(() => violations(page), { timeout: 60_000 }).toEqual([])
}

async function violations(page: import('@playwright/test').Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const results = await page.evaluate(
    tags => (window as unknown as { axe: typeof axe }).axe.run({ runOnly: { type: 'tag', values: tags } }),
    TAGS,
  )
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  )
}
