import { expect, NOW, test } from './fixtures'

test.use({ mock: { now: NOW, state: 'ready', hosts: 12 } })

test('a server is renamed, measured otherwise, and its end says what is lost', async ({ page, hub }) => {
  await page.goto(`${hub.url}/fleet?lang=en&view=table`)
  const sent: string[] = []
  page.on('request', request => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname}`)
  })
  const open = () => page.getByRole('button', { name: /settings of web-2/ }).click()
  await open()
  await expect(page.getByText('The hub never updates an agent by itself', { exact: false })).toBeVisible()
  await page.getByText('Period and collectors').click()
  await page.getByRole('combobox', { name: 'Collectors' }).click()
  await page.getByRole('option', { name: 'Chosen here' }).click()
  await page.getByRole('checkbox', { name: 'netstat' }).uncheck()
  await page.locator('details').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await open()
  await page.getByText('Period and collectors').click()
  await expect(page.getByRole('checkbox', { name: 'netstat' })).not.toBeChecked()
  await expect(page.getByRole('checkbox', { name: 'loadavg' })).toBeChecked()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Its samples stay until the retention ends.', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Retire' }).click()
  await expect(page.getByText('Its history stays.', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect(sent).toEqual([expect.stringMatching(/^PUT .*\/collection$/)])
})

test('only servers with an outdated agent are shown, by the address too', async ({ page, hub }) => {
  await page.goto(`${hub.url}/fleet?lang=en&view=table`)
  await page.getByRole('button', { name: 'Outdated agents' }).click()
  await expect(page).toHaveURL(/agent=outdated/)
  await expect(page.getByRole('row')).toHaveCount(2)
  await page.reload()
  await expect(page.getByRole('row').filter({ hasText: 'outdated agent' })).toHaveCount(1)
})

test('a retired server is found with its history and can be deleted', async ({ page, hub }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${hub.url}/fleet?lang=en`)
  await page.getByRole('link', { name: '1 retired' }).click()
  await page.getByLabel('Find by name').fill('OLD')
  const row = page.getByRole('listitem').filter({ hasText: 'old-1' })
  await expect(row).toContainText('retired 2026-11-23')
  await expect(row.getByRole('link', { name: 'Its history' })).toHaveAttribute('href', /old-1/)
  await row.getByRole('button', { name: 'Delete old-1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(row).toHaveCount(0)
})

test.describe('with more servers than a page holds', () => {
  test.use({ mock: { now: NOW, state: 'ready', hosts: 100 } })

  test('a phone shows cards, and a table there scrolls within itself', async ({ page, hub }) => {
    await page.setViewportSize({ width: 390, height: 844 })
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await page.goto(`${hub.url}/fleet?lang=en`)
    await expect(page.getByText('No sample for', { exact: false })).toBeVisible()
    await expect.poll(sideways).toBeLessThanOrEqual(0)
    await page.getByRole('button', { name: 'Show a table' }).click()
    await expect(page.getByRole('table')).toBeVisible()
    await expect.poll(sideways).toBeLessThanOrEqual(0)
  })
})

test.describe('with a thousand servers', () => {
  test.use({ mock: { now: NOW, state: 'ready', hosts: 1000 } })

  test('the table has them all, draws and asks for those in sight, and is walked by keyboard', async ({
    page,
    hub,
    complaints,
  }) => {
    const asked = new Set<string>()
    page.on('request', request => {
      const url = new URL(request.url())
      if (url.pathname.endsWith('/fleet')) asked.add(url.searchParams.get('page') ?? '1')
    })
    await page.goto(`${hub.url}/fleet?lang=en`)
    const table = page.getByRole('table')
    await expect(table).toHaveAttribute('aria-rowcount', '1001')
    const row = (index: number) => table.locator(`tr[aria-rowindex="${index}"]`)
    await expect(row(2).getByRole('link')).toBeInViewport()
    await expect.poll(() => table.getByRole('row').count()).toBeLessThan(80)

    await page.getByRole('region', { name: 'Servers' }).focus()
    // A key that comes while the browser has not laid the whole table out yet does nothing: a person presses it again.
    await expect(async () => {
      await page.keyboard.press('End')
      await expect(row(1001).getByRole('link')).toBeInViewport({ timeout: 5_000 })
    }).toPass()
    await expect(page.getByRole('columnheader', { name: 'CPU' })).toBeInViewport()
    await expect.poll(() => table.getByRole('row').count()).toBeLessThan(80)
    expect(asked.has('17')).toBe(true)
    expect(asked.size).toBeLessThan(6)

    // Another order begins at the top.
    await page.getByRole('button', { name: 'CPU' }).click()
    await expect(row(2).getByRole('link')).toBeInViewport()
    expect(complaints).toEqual([])
  })
})

test('the whole link state is read on a phone without scrolling sideways', async ({ page, hub }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${hub.url}/settings/servers?lang=en`)
  const row = page.getByRole('listitem').filter({ hasText: 'web-2' })
  await expect(row).toContainText('machine down or cut off · agent 0.0.9 (a clone at 192.0.2.99 was refused)')
  await expect
    .poll(async () => {
      const box = await row.boundingBox()
      return (box?.x ?? 0) + (box?.width ?? 999)
    })
    .toBeLessThanOrEqual(390)
  await expect.poll(() => row.evaluate(node => node.scrollWidth - node.clientWidth)).toBeLessThanOrEqual(0)
})
