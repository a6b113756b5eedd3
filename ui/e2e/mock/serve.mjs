// The mock hub by itself: `npm run mock`, then open the printed address (or `npm run dev` for hot reloading).
import { parseArgs } from 'node:util'
import { createHub, SETUP_TOKEN } from './hub.mjs'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9595' },
    state: { type: 'string', default: 'ready' },
    hosts: { type: 'string', default: '1' },
    now: { type: 'string' },
  },
})
const hub = createHub({
  state: values.state,
  hosts: Number(values.hosts),
  ...(values.now === undefined ? {} : { now: Date.parse(values.now) }),
})
const url = await hub.listen(Number(values.port))
console.log(`mock hub on ${url}; setup link ${url}/setup#token=${SETUP_TOKEN}`)
