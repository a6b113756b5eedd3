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
    rolldownOptions: {
      output: {
        // The editor of expressions is large; in three files a browser reads them side by side.
        codeSplitting: {
          groups: [
            { name: 'editor-view', test: /node_modules\/(@codemirror\/view|style-mod|w3c-keyname|crelt)\// },
            { name: 'editor-state', test: /node_modules\/(@codemirror\/|@marijn\/)/ },
            { name: 'editor-promql', test: /node_modules\/(@prometheus-io|@lezer|lru-cache)\// },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': hub } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node', testTimeout: 60_000 },
})
