// Fails when what the first page loads has outgrown its budget. Sizes are gzip, in KB of 1,000 bytes.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

// The editor of expressions is a library of its own, loaded behind the page that shows a plain field until then.
const budgets = { initialScripts: 270, styles: 25, allStyles: 30, routeChunk: 60, editor: 150 }
const dist = new URL('../dist/', import.meta.url)

let html
try {
  html = readFileSync(new URL('index.html', dist), 'utf8')
} catch {
  console.error('size: dist/index.html is missing; run `npm run build` first')
  process.exit(1)
}
const gzipKb = path => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length / 1000
const sum = paths => paths.reduce((total, path) => total + gzipKb(path), 0)

const initial = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(match => match[1])
const assets = readdirSync(new URL('assets/', dist)).map(name => `assets/${name}`)
const styles = assets.filter(name => name.endsWith('.css'))
const initialStyles = [...html.matchAll(/href="\/(assets\/[^"]+\.css)"/g)].map(match => match[1])
const isEditor = name => name.startsWith('assets/editor')
const scripts = assets.filter(name => name.endsWith('.js') && !initial.includes(name))
const lazy = scripts.filter(name => !isEditor(name))

const measured = [
  ['initial JS', sum(initial), budgets.initialScripts],
  ['initial CSS', sum(initialStyles), budgets.styles],
  ['CSS of all pages', sum(styles), budgets.allStyles],
  ['editor', sum(scripts.filter(isEditor)), budgets.editor],
  ...lazy.map(name => [`chunk ${name.slice('assets/'.length)}`, gzipKb(name), budgets.routeChunk]),
]
for (const [name, kb, budget] of measured) {
  console.log(`${kb > budget ? 'OVER ' : 'ok   '}${name}: ${kb.toFixed(1)} KB of ${budget}`)
}
if (measured.some(([, kb, budget]) => kb > budget)) {
  console.error('size: over budget; import less, or load it with the route that needs it')
  process.exit(1)
}
