import { expect, test } from './fixtures'

test.use({ viewport: { width: 1440, height: 900 } })

test('what is changed has its timer, is kept, reverted and stopped', async ({ page, hub, complaints }) => {
  await page.goto(`${hub.url}/tuning`)
  await expect(
    page.getByText('What an administrator approves here may be changed', { exact: false }),
  ).toBeVisible()
  await expect(page.getByText('allow = net.core.*', { exact: false })).toBeVisible()
  await expect(page.getByRole('timer')).toContainText(/comes back in 6.min/)
  await expect(page.getByText('Somebody set it to 1024')).toBeVisible()
  await page.getByRole('button', { name: 'Keep vm.swappiness' }).click()
  await expect(page.getByRole('timer')).toHaveCount(0)
  await page.getByRole('button', { name: 'Revert now: vm.swappiness' }).click()
  await expect(page.getByRole('button', { name: 'Revert now: vm.swappiness' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Stop and put back' }).click()
  await expect(page.getByText('Tuning is stopped')).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText('Not stopped')).toBeVisible()
  expect(complaints).toEqual([])
})

test('advice is previewed and tried, and its trial is followed to its end', async ({
  page,
  hub,
  complaints,
}) => {
  await page.goto(`${hub.url}/diagnose/findings/f1`)
  await page.getByRole('button', { name: 'Preview' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('CPUWeight [batch.service]')).toBeVisible()
  await expect(dialog).toContainText(/Before: 100.*After: 50/)
  await expect(dialog).toContainText('a whole number from 10 to 1000')
  await dialog.getByRole('button', { name: 'Try and measure' }).click()
  await dialog.getByLabel('Improvement hoped for').fill('2')
  await expect(dialog.getByText('A number from 3 to 90.')).toBeVisible()
  await dialog.getByLabel('Improvement hoped for').fill('15')
  await dialog.getByLabel('Drain it for each turn of the knob').check()
  await dialog.getByRole('button', { name: 'Start the trial' }).click()
  await expect(page).toHaveURL(/\/tuning\/changes\/t9/)
  await expect(
    page.getByRole('list', { name: 'Drained and filled again' }).getByRole('listitem'),
  ).toHaveCount(4)
  await expect(page.getByText(/With the change, block 5 of at most 24/)).toBeVisible()
  await expect(page.getByRole('img', { name: /8 blocks of noise/ })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Guards' })).toContainText('Disk pressure')
  await page.getByRole('button', { name: 'End the trial' }).click()
  await expect(page.getByText('Ended before there was a verdict.')).toBeVisible()
  expect(complaints).toEqual([])
})

test('a knob is turned for a while and its page counts down', async ({ page, hub }) => {
  await page.goto(`${hub.url}/diagnose/findings/f1`)
  await page.getByRole('button', { name: 'Apply for a while' }).click()
  await page.getByRole('button', { name: 'Apply for 10 min' }).click()
  await expect(page).toHaveURL(/\/tuning\/changes\/c2/)
  await expect(page.getByRole('timer')).toContainText('The old value comes back in')
  await page.getByRole('button', { name: /^Revert now: CPUWeight/ }).click()
  await expect(page.getByText('This change is over')).toBeVisible()
})

test('where the policy only observes the button says what to write', async ({ page, hub }) => {
  await page.goto(`${hub.url}/diagnose/findings/f2`)
  await page.getByRole('button', { name: 'Try and measure' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('This server’s policy only observes')).toBeVisible()
  await expect(dialog.getByText('allow = CPUWeight batch.service', { exact: false })).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Start the trial' })).toHaveCount(0)
})

test('a report tells the verdict with its interval and what became of the value', async ({ page, hub }) => {
  await page.goto(`${hub.url}/tuning/changes/t2`)
  await expect(page.getByText('Dropped connections: 31.0 % better.')).toBeVisible()
  await expect(
    page.getByRole('img', { name: /Effect \+31.0.%, interval \+22.0.% to \+40.0.%/ }),
  ).toBeVisible()
  await expect(page.getByText('The new value 4096 stays.')).toBeVisible()
  await expect(page.getByText(/Somebody set it to 1024 at/)).toBeVisible()
  await page.getByText('Guards over the trial').click()
  await expect(page.getByRole('heading', { name: 'Disk pressure' })).toBeVisible()
  await expect(page.getByText('Flame graphs, with the change and without it')).toBeVisible()
  await page.goto(`${hub.url}/tuning/changes/t3`)
  await expect(page.getByText(/Disk pressure went to 31.0.%; the limit was 10.0.%/)).toBeVisible()
  await page.goto(`${hub.url}/tuning/changes/t4`)
  await expect(page.getByText(/only effects above 34.0.% would show/)).toBeVisible()
  await page.getByRole('link', { name: 'What helped' }).click()
  await expect(page.getByRole('row', { name: /^web-1 1 0 1 –/ })).toBeVisible()
})

test('any knob is chosen by hand and previewed', async ({ page, hub }) => {
  await page.goto(`${hub.url}/tuning`)
  await page.getByRole('button', { name: 'Turn a knob' }).click()
  await page.getByLabel('New value').fill('4096')
  await page.getByRole('dialog').getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByRole('dialog')).toContainText(/Before: 100.*After: 4096/)
})

test('a directive of a file shows the difference of the file, and the policy that it wants', async ({
  page,
  hub,
}) => {
  for (const host of ['keel-01', 'web-1']) {
    await page.goto(`${hub.url}/tuning?host=${host}`)
    await page.getByRole('button', { name: 'Turn a knob' }).click()
    await page.getByRole('combobox', { name: 'Knob' }).click()
    await page.getByRole('option', { name: 'nginx/worker_connections' }).click()
    await page.getByLabel('Service, as the policy names it').fill('edge')
    await page.getByLabel('New value').fill('4096')
    await page.getByRole('dialog').getByRole('button', { name: 'Preview' }).click()
    await expect(page.getByRole('region', { name: 'Difference of /etc/nginx/nginx.conf' })).toContainText(
      '+    worker_connections 4096;',
    )
  }
  await expect(page.getByRole('dialog')).toContainText('service = edge nginx')
})

test('what helped goes to the rest of the group one after the other, and is stopped', async ({
  page,
  hub,
}) => {
  await page.goto(`${hub.url}/tuning/changes/t5`)
  const group = page.getByRole('region', { name: 'The rest of the group' })
  await group.getByRole('button', { name: 'Try it on the other servers' }).click()
  await expect(group).toContainText('Under way · approved by admin')
  await expect(group.getByRole('listitem')).toHaveCount(4)
  await expect(group.getByRole('listitem').nth(2)).toContainText('web-3: left out')
  await group.getByRole('button', { name: 'Stop the roll-out' }).click()
  await expect(group).toContainText('Stopped · stopped by admin')
})
