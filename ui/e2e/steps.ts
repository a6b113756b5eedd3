import { expect, type Page } from '@playwright/test'
import { chartIsDrawn } from './fixtures'

/** Journeys that hold against the mock hub and against a real one. */

export const PASSWORD = 'correct horse battery'

/** From the printed link to the moving page. */
export async function setUp(page: Page, link: string): Promise<void> {
  const address = new URL(link)
  await page.goto(`${address.origin}/setup#token=0123456789abcdef0123456789abcdef`)
  await fillSetup(page, PASSWORD, PASSWORD)
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible()

  // Another fragment alone would not load the page again.
  await page.goto('about:blank')
  await page.goto(link)
  await fillSetup(page, 'too short', 'other')
  await expect(page.getByText('At least 12 characters; 3 are missing.')).toBeVisible()
  await expect(page.getByText('The two do not match.')).toBeVisible()
  expect(page.url()).not.toContain('token')

  await fillSetup(page, PASSWORD, PASSWORD)
  await expect(page).toHaveURL(/\/fleet/)
  await expect(page.getByText('No password is set', { exact: false })).toHaveCount(0)
  await isLive(page)
}

async function fillSetup(page: Page, password: string, again: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Password again').fill(again)
  await page.getByRole('button', { name: 'Set the password and open' }).click()
}

export async function isLive(page: Page): Promise<void> {
  await chartIsDrawn(page, 'cpu-modes')
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
}

/** Drag zooms, double-click returns; both are in the address. */
export async function zoomAndReturn(page: Page): Promise<void> {
  const plot = page.locator('[data-panel="cpu-modes"] .u-over')
  const box = await plot.boundingBox()
  if (box === null) throw new Error('the CPU chart has no plot')
  const y = box.y + box.height / 2
  // The last minute: a fresh hub has no older data.
  await page.mouse.move(box.x + box.width * 0.93, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 3, y, { steps: 6 })
  await page.mouse.up()
  await expect(page).toHaveURL(/from=\d{13}&to=\d{13}/)
  await expect(page.getByText('Past', { exact: true })).toBeVisible()
  await page.locator('[data-panel="cpu-modes"] .u-over').dblclick({ position: { x: 40, y: 40 } })
  await expect(page).toHaveURL(/from=now-15m&to=now/)
}

/** The processes beside the charts are those of the moment under the cursor. */
export async function culpritUnderCursor(page: Page): Promise<void> {
  const culprits = page.locator('[data-panel="culprits"]')
  // A hub that has just started has its first ranking after two snapshots.
  await expect(async () => {
    const box = await page.locator('[data-panel="cpu-modes"] .u-over').boundingBox()
    if (box === null) throw new Error('the CPU chart has no plot')
    await page.mouse.move(4, 4)
    await page.mouse.move(box.x + box.width - 4, box.y + 30)
    await expect(culprits.locator('header')).toContainText(/at \d\d:\d\d:\d\d/, { timeout: 2000 })
    await expect(culprits.locator('li').first()).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 90_000 })
  await page.mouse.move(4, 4)
  await expect(culprits.locator('header')).toContainText('now')
}

/** A rule made by form raises an incident of this machine, which is acknowledged; the rule is changed and deleted. */
export async function alertIsRaised(page: Page): Promise<void> {
  const origin = new URL(page.url()).origin
  await page.goto(`${origin}/alerts/rules`)
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const form = page.getByRole('dialog', { name: 'Add a rule' })
  await form.getByLabel('Name').fill('JourneyLoad')
  await form.getByLabel('Metric or expression').fill('node_load1')
  await form.getByLabel('Threshold').fill('-1')
  await form.getByLabel('For', { exact: true }).fill('0s')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form).toBeHidden()
  const rule = page.getByRole('listitem').filter({ hasText: 'JourneyLoad' })
  await expect(rule.getByRole('button', { name: 'Edit' })).toBeVisible()

  await page.goto(`${origin}/alerts?q=JourneyLoad`)
  await page.getByRole('link', { name: 'JourneyLoad' }).click({ timeout: 90_000 })
  const state = page.getByRole('definition').first()
  await expect(state).toHaveText('Open')
  await page.getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByRole('menuitem', { name: 'Until it is resolved' }).click()
  await expect(state).toHaveText('Acknowledged · admin')

  await page.goto(`${origin}/alerts/rules`)
  await rule.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(rule).toHaveCount(0)
}

export async function logOutAndIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'admin' }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login/)
  await logIn(page, 'not the password at all')
  await expect(page.getByRole('alert')).toContainText('Name or password is wrong.')
  await logIn(page, PASSWORD)
  await expect(page).toHaveURL(/\/fleet/)
  await isLive(page)
}

async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel(/^Name/).fill('admin')
  await page.getByLabel(/^Password( \*)?$/).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Everything without a mouse. */
export async function byKeyboard(page: Page): Promise<void> {
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeHidden()

  await page.keyboard.press('t')
  await expect(page.getByLabel('Any range')).toBeFocused()
  await page.keyboard.type('tomorrow')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Cannot read this range.', { exact: false })).toBeVisible()
  await page.getByLabel('Any range').fill('3h')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/from=now-3h&to=now/)
  await page.keyboard.press('-')
  await expect(page).toHaveURL(/from=now-6h&to=now/)
  await page.keyboard.press('[')
  await expect(page).toHaveURL(/from=\d{13}&to=\d{13}/)
  await page.keyboard.press(']')
  await expect(page).toHaveURL(/from=now-6h&to=now/)

  await page.locator('#main').focus()
  await page.keyboard.press('Space')
  await expect(page.getByRole('status').filter({ hasText: 'Paused' })).toBeVisible()
  await page.keyboard.press('Space')
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()

  await page.getByRole('link', { name: 'Processes' }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/processes/)
  await expect(page.getByRole('columnheader', { name: 'PID' })).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByLabel('Filter by name, user, unit or PID')).toBeFocused()
  await page.keyboard.type('?')
  await expect(page.getByRole('dialog')).toBeHidden()
}
