import type { Page } from '@playwright/test'
import { expect, NOW, test } from './fixtures'

/**
 * Every page in both themes, both languages and three widths, at a fixed moment: nothing overflows, nothing is
 * cut off, nothing is complained about. A language changes widths and a theme does not, so each language is seen in
 * one theme; with EVENKEEL_SCREENS=folder in both, and the pictures are kept for people to look at.
 */
const folder = process.env.EVENKEEL_SCREENS
const CPU = encodeURIComponent('sum by (mode) (rate(node_cpu_seconds_total[$window]))')
const PAGES = [
  ['overview', '/fleet', 'ready'],
  ['cpu', '/servers/h1/cpu', 'ready'],
  ['memory', '/servers/h1/memory?cmp=1d', 'ready'],
  ['disk', '/servers/h1/disk', 'ready'],
  ['network', '/servers/h1/network?from=now-6h', 'ready'],
  ['processes', '/servers/h1/processes', 'ready'],
  ['explore-empty', '/explore', 'ready'],
  ['explore-lines', `/explore?q=${CPU}`, 'ready'],
  ['explore-bars', `/explore?q=${CPU}&viz=bar`, 'ready'],
  ['explore-pie', `/explore?q=${CPU}&viz=pie`, 'ready'],
  ['explore-table', `/explore?q=${CPU}&q2=node_load1&viz=table`, 'ready'],
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
  ['probes', '/settings/probes', 'ready'],
  ['servers', '/settings/servers', 'ready'],
  ['users', '/settings/users', 'ready'],
  ['about', '/settings/about', 'ready'],
  ['setup', '/setup#token=mock-setup-token', 'setup'],
  ['login', '/login', 'login'],
] as const
const WIDTHS = [
  [390, 844],
  [1280, 800],
  [1920, 1080],
] as const

const LOOKS = [
  ['light', 'en'],
  ['dark', 'zh'],
  ...(folder === undefined
    ? []
    : ([
        ['light', 'zh'],
        ['dark', 'en'],
      ] as const)),
] as const

for (const [name, address, state] of PAGES) {
  test.describe(() => {
    test.use({ mock: { now: NOW, state } })
    test(`${name} fits every screen in both themes and languages`, async ({ page, hub, complaints }) => {
      await page.clock.setFixedTime(NOW)
      for (const [theme, lang] of LOOKS) {
        const url = new URL(hub.url + address)
        url.searchParams.set('theme', theme)
        url.searchParams.set('lang', lang)
        await page.goto('about:blank')
        await page.goto(url.toString())
        for (const [width, height] of WIDTHS) {
          await page.setViewportSize({ width, height })
          await expect(page.locator('h1')).toBeVisible()
          const at = `${theme}, ${lang}, ${width} px`
          // A page takes its time to follow a new width.
          await expect.poll(() => overflow(page), at).toBeLessThanOrEqual(0)
          await expect.poll(() => cutOff(page), at).toEqual([])
          if (folder !== undefined) {
            await page.waitForTimeout(600)
            await page.screenshot({ path: `${folder}/${name}-${theme}-${lang}-${width}.png` })
          }
        }
        await expect(page.locator('html')).toHaveAttribute('lang', lang === 'en' ? 'en' : 'zh-CN')
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme)
      }
      expect(complaints).toEqual([])
    })
  })
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

const cutOff = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('h1, nav a, label, form button[type=submit]')
    .evaluateAll(all =>
      all
        .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
        .map(one => one.textContent),
    )
