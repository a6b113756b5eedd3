import { chartIsDrawn, expect, test } from './fixtures'

test.use({ viewport: { width: 1440, height: 900 } })

test('a pool shows who gets how much, and why weights changed', async ({ page, hub, complaints }) => {
  await page.goto(`${hub.url}/lb`)
  await page.getByRole('link', { name: /^shop/ }).click()
  await expect(page).toHaveURL(/\/lb\/shop/)
  await expect(page.getByRole('img', { name: /^Share of the traffic: web-1 \d/ })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Share against weight' })).toContainText('web-2')
  for (const panel of ['lb-requests', 'lb-latency', 'lb-errors']) await chartIsDrawn(page, panel)
  await expect(page.getByRole('row', { name: /web-2.*Its server is overloaded \(91.0/ })).toBeVisible()
  expect(complaints).toEqual([])
})

test('pools of an HAProxy stand beside our own, and one that does not answer is told', async ({
  page,
  hub,
}) => {
  await page.goto(`${hub.url}/lb`)
  await expect(page.getByRole('alert').filter({ hasText: 'HAProxy edge-2 does not answer' })).toBeVisible()
  await page.getByRole('link', { name: /^edge-1:shop/ }).click()
  await expect(page.getByRole('heading', { name: 'edge-1:shop' })).toBeVisible()
  await expect(page.getByText('HAProxy edge-1 · roundrobin')).toBeVisible()
})

test('steered gateways are listed with what they serve, and why one does not take the configuration', async ({
  page,
  hub,
}) => {
  await page.goto(`${hub.url}/lb`)
  await expect(page.getByRole('row', { name: /^gw-1 10\.0\.0\.5 · 0\.1\.0 Steered shop/ })).toBeVisible()
  await expect(page.getByText('/etc/tls/web.pem')).toBeVisible()
})

test('a backend is drained, resumed and weighed', async ({ page, hub }) => {
  await page.goto(`${hub.url}/lb/shop`)
  const row = page.getByRole('row', { name: /^web-1 10\.0\.0\.10/ })
  await expect(row).toContainText('Serving')
  await page.getByRole('button', { name: 'Drain web-1' }).click()
  await expect(row).toContainText('Drained')
  await page.getByRole('button', { name: 'Resume web-1' }).click()
  await expect(row).toContainText('Serving')

  await page.getByRole('button', { name: 'Weight of web-1' }).click()
  await page.getByRole('textbox', { name: 'Weight' }).fill('1001')
  await expect(page.getByText('A number from 0 to 1000.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Weight' }).fill('2.5')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('row', { name: /web-1 1 → 2.50 Set by hand/ })).toBeVisible()
})

test('a wrong configuration is refused with its line, and nothing is lost', async ({ page, hub }) => {
  await page.goto(`${hub.url}/lb`)
  const source = page.getByRole('textbox', { name: 'Configuration' })
  await source.fill('pools:\n- name: shop\n  policy: best\n')
  await page.getByRole('button', { name: 'Apply' }).click()
  const refused = page.getByRole('alert').filter({ hasText: "line 5: 'policy' is 'best'" })
  await expect(refused).toBeVisible()
  await expect(source).toHaveValue(/best/)
  await source.fill('pools: []\n')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(refused).toHaveCount(0)
})

test('on a phone the controls are in reach without scrolling the table', async ({ page, hub }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${hub.url}/lb/shop`)
  await expect(page.getByRole('button', { name: 'Drain web-1' })).toBeInViewport({ ratio: 1 })
})
