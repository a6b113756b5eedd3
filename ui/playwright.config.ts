import { execFileSync } from 'node:child_process'
import { defineConfig } from '@playwright/test'

/**
 * `npm run e2e` runs the pages in chromium against the mock hub with a fixed clock. With EVENKEEL_URL (and
 * EVENKEEL_SETUP_LINK for the first run) the journeys run against that hub instead. No browser is downloaded.
 */
function chromium(): string {
  const named = process.env.CHROMIUM
  if (named !== undefined && named !== '') return named
  for (const name of ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    } catch {
      // Not this one; the next name may be on the PATH.
    }
  }
  throw new Error(
    'No chromium on the PATH. Debian: apt-get install chromium fonts-noto-cjk; or set CHROMIUM.',
  )
}

const realHub = process.env.EVENKEEL_URL !== undefined

export default defineConfig({
  testDir: 'e2e',
  testMatch: realHub ? 'hub.spec.ts' : /(screens|journeys|fleet|balancer|probes|tuning|a11y)\.spec\.ts/,
  workers: realHub ? 1 : 2,
  fullyParallel: !realHub,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
