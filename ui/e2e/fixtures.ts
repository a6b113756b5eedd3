import { test as base, expect, type Page } from '@playwright/test'
import { createHub, type MockHub, type MockOptions } from './mock/hub.mjs'

/** The moment at which the clock of the screen tests stands. */
export const NOW = Date.UTC(2026, 10, 23, 13, 3, 22)

interface Fixtures {
  readonly mock: MockOptions
  readonly hub: MockHub & { readonly url: string }
  /** Everything that the page complained about; a test that expects complaints empties it. */
  readonly complaints: string[]
}

export const test = base.extend<Fixtures>({
  mock: [{}, { option: true }],
  hub: async ({ mock }, use) => {
    const hub = createHub(mock)
    const url = await hub.listen(0)
    await use({ ...hub, url })
    hub.close()
  },
  complaints: async ({ page }, use) => {
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    await use(complaints)
  },
})

export { expect }

/** A chart is there when its plot is drawn and its legend holds numbers. */
export async function chartIsDrawn(page: Page, panel: string): Promise<void> {
  const card = page.locator(`[data-panel="${panel}"]`)
  await expect(card.locator('canvas')).toBeVisible()
  await expect(card.locator('tbody tr td').last()).toHaveText(/\d/)
}
