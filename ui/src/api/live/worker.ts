/**
 * The shared worker: one stream for all tabs of this browser, because a hub on HTTP/1.1 would stall at the
 * seventh. Each tab says what it shows; the worker asks the hub for the union and gives each tab its part.
 */
import { LiveConnection } from './connection'
import { type FromWorker, type Subscription, subscriptionKey, type ToWorker } from './protocol'

interface Tab {
  readonly port: MessagePort
  wanted: readonly Subscription[]
  keys: ReadonlySet<string>
  lastSeen: number
}

/** Background tabs may run timers once a minute only. */
const FORGET_MILLIS = 150_000

const tabs = new Set<Tab>()
let csrf: string | null = null
let connected: FromWorker | null = null
let greeting: FromWorker | null = null

const connection = new LiveConnection(message => {
  if (message.type === 'connection') connected = message
  // A later tab gets the greeting without its time: that is long past by then.
  if (message.type === 'hello') greeting = { ...message, serverTime: null }
  for (const tab of tabs) tab.port.postMessage(message.type === 'frame' ? part(message, tab) : message)
})

function part(frame: Extract<FromWorker, { type: 'frame' }>, tab: Tab): FromWorker {
  return { ...frame, values: frame.values.filter(({ key }) => tab.keys.has(key)) }
}

function update(): void {
  for (const tab of tabs) if (Date.now() - tab.lastSeen > FORGET_MILLIS) tabs.delete(tab)
  if (tabs.size === 0) connection.close()
  else {
    connection.want(
      [...tabs].flatMap(tab => tab.wanted),
      csrf,
    )
  }
}

setInterval(update, 30_000)

const scope = self as unknown as { onconnect: (event: MessageEvent) => void }
scope.onconnect = event => {
  const port = event.ports[0]
  if (port === undefined) return
  const tab: Tab = { port, wanted: [], keys: new Set(), lastSeen: Date.now() }
  tabs.add(tab)
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    tab.lastSeen = Date.now()
    switch (data.type) {
      case 'want':
        tabs.add(tab)
        csrf = data.csrf
        tab.wanted = data.subscriptions
        tab.keys = new Set(data.subscriptions.map(subscriptionKey))
        update()
        break
      case 'alive':
        break
      case 'bye':
        tabs.delete(tab)
        update()
        break
    }
  }
  port.start()
  // Another tab opened the stream long ago: tell this one what it missed.
  if (connected !== null) port.postMessage(connected)
  if (greeting !== null) port.postMessage(greeting)
}
