import { expect, NOW, test } from './fixtures'

test.use({ mock: { now: NOW, state: 'ready' } })

test('a probe is tried phase by phase, kept, and deleted again', async ({ page, hub }) => {
  await page.goto(`${hub.url}/settings/probes?lang=en`)
  await expect(page.getByText('The certificate expired on 2026-11-21')).toBeVisible()
  await page.getByRole('button', { name: 'Web page' }).click()
  await page.getByLabel('Name').fill('status page')
  await page.getByLabel('Address', { exact: true }).fill('ftp://nowhere')
  await page.getByRole('button', { name: 'Try now, from the hub' }).click()
  await expect(page.getByText('The address begins with http:// or https://').first()).toBeVisible()
  await page.getByLabel('Address', { exact: true }).fill('https://status.example.org/')
  await page.getByRole('button', { name: 'Try now, from the hub' }).click()
  await expect(page.getByRole('row', { name: /Waiting/ })).toContainText('70.0 ms')
  await page.getByRole('combobox', { name: 'Add a server, a group or a tag' }).click()
  await page.getByRole('option').first().click()
  await expect(page.getByRole('button', { name: /^Do not ask from / })).toHaveCount(1)
  await page.getByRole('button', { name: 'Save' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'status page' })
  await expect(row).toContainText('No attempt yet')
  await row.getByRole('button', { name: 'Delete status page' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete status page' }).click()
  await expect(row).toHaveCount(0)
})

test('a probe shows how it goes from each place', async ({ page, hub }) => {
  await page.goto(`${hub.url}/settings/probes?lang=en`)
  const row = page.getByRole('listitem').filter({ hasText: 'shop.example.org/health' })
  await expect(row).toContainText('the hub')
  await expect(row).toContainText('web-1')
})

test('a probe of the settings file cannot be changed here', async ({ page, hub }) => {
  await page.goto(`${hub.url}/settings/probes?lang=en`)
  const row = page.getByRole('listitem').filter({ hasText: 'from the settings file' })
  await expect(row).toContainText('A 192.0.2.7')
  await expect(row.getByRole('button')).toHaveCount(0)
})
