/** The journeys against a real hub: EVENKEEL_URL, and EVENKEEL_SETUP_LINK while it has no account yet. */
import { expect, test } from '@playwright/test'
import {
  alertIsRaised,
  byKeyboard,
  culpritUnderCursor,
  isLive,
  logOutAndIn,
  setUp,
  zoomAndReturn,
} from './steps'

const url = process.env.EVENKEEL_URL ?? ''
const link = process.env.EVENKEEL_SETUP_LINK ?? ''

test.use({ viewport: { width: 1440, height: 900 } })

test('a fresh hub is set up by its link and shows this machine live', async ({ page }) => {
  test.setTimeout(600_000)
  test.skip(link === '', 'EVENKEEL_SETUP_LINK is not set')
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    // The refused first token is meant to be refused.
    if (message.type() === 'error' && !message.text().includes('403') && !message.text().includes('401')) {
      complaints.push(message.text())
    }
  })

  await page.goto(`${url}/fleet`)
  await expect(page.getByText('No password is set', { exact: false })).toBeVisible()
  await isLive(page)
  await setUp(page, link)
  for (const panel of ['memory', 'load', 'disk-throughput', 'network-sum']) {
    const card = page.locator(`[data-panel="${panel}"]`)
    await card.scrollIntoViewIfNeeded()
    await expect(card.locator('canvas')).toBeVisible()
  }
  await page.evaluate(() => scrollTo(0, 0))
  await culpritUnderCursor(page)
  await zoomAndReturn(page)
  const measured = page.waitForRequest(/\/live\/latency$/, { timeout: 60_000 })
  expect(((await measured).postDataJSON() as { millis: number[] }).millis.length).toBeGreaterThan(0)
  await page.goto(`${url}/fleet`)
  await isLive(page)
  await byKeyboard(page)
  await alertIsRaised(page)
  await page.goto(`${url}/fleet`)
  await logOutAndIn(page)
  expect(complaints).toEqual([])
})
