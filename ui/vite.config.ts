import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The hub serves these files under a strict policy (default-src 'self'), so nothing is inlined: no data: URI, no script in the page.
// `vite` alone (npm run dev) forwards the API to a hub, or to the mock of e2e/mock, on EVENKEEL_URL.
const hub = process.env.EVENKEEL_URL ?? 'http://127.0.0.1:9595'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': hub } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
})
