// The channels' part of the contract: two kinds of form, one channel, one message that nobody took.
const words = (en, zh) => ({ en, zh })
const input = (key, kind, label, help, more = {}) => ({
  key,
  kind,
  label,
  help,
  required: false,
  usual: '',
  choices: [],
  ...more,
})
const PROXY = input(
  'proxy',
  'text',
  words('Outgoing proxy', '出站代理'),
  words('When this service is reached through a proxy: http://host:port.', '需要经由代理访问该服务时填写。'),
)

export const KINDS = [
  {
    name: 'email',
    title: words('E-mail', '电子邮件'),
    to: 'email',
    fields: [
      input(
        'host',
        'text',
        words('Mail server', '邮件服务器'),
        words('Such as smtp.example.org.', '例如 smtp.example.org。'),
        {
          required: true,
        },
      ),
      input(
        'security',
        'choice',
        words('Encryption', '加密方式'),
        words('starttls with port 587.', 'starttls 对应端口 587。'),
        {
          usual: 'starttls',
          choices: ['starttls', 'tls', 'none'],
        },
      ),
      input(
        'password',
        'secret',
        words('Password or token', '密码或令牌'),
        words('Belongs to the user.', '与用户名对应。'),
      ),
      PROXY,
    ],
  },
  {
    name: 'slack',
    title: words('Slack', 'Slack'),
    to: 'one_place',
    fields: [
      input(
        'address',
        'secret',
        words('Webhook address', 'Webhook 地址'),
        words('https://hooks.slack.com/services/…', 'https://hooks.slack.com/services/…'),
        { required: true },
      ),
      PROXY,
    ],
  },
]

/** Routes over a state of their own, in the form of hub.mjs. */
export function channelRoutes({ ok, error, done, clock, empty = false }) {
  const channels = empty
    ? []
    : [
        {
          id: 'c1',
          name: 'Operations',
          kind: 'email',
          form: { host: 'smtp.example.org' },
          secrets: ['password'],
          recipients: [
            { address: 'ops@example.org', language: 'en' },
            { address: 'yunwei@example.org', language: 'zh' },
          ],
          fallbackId: null,
          enabled: true,
          createdAt: clock() - 86_400_000,
          queued: 0,
          sent: 42,
          dead: 1,
        },
      ]
  const dead = empty
    ? []
    : [
        {
          key: 'k1',
          channelId: 'c1',
          address: 'gone@example.org',
          incidentId: 'i1',
          kind: 'fired',
          title: 'FsLow',
          state: 'dead',
          attempts: 1,
          answer: '550 5.1.1 no such mailbox',
          eventAt: clock() - 7_200_000,
          createdAt: clock() - 7_200_000,
          nextTryAt: clock() - 7_200_000,
          endedAt: clock() - 7_199_000,
        },
      ]
  let heartbeat = { url: '', periodSeconds: 60, lastAt: null, lastOk: null, lastAnswer: null }
  return [
    ['GET', /^\/channels\/kinds$/, () => ok({ kinds: KINDS })],
    ['GET', /^\/channels$/, () => ok({ channels })],
    [
      'POST',
      /^\/channels\/test$/,
      (_, { channel }) =>
        ok({
          trials: channel.recipients.map(({ address }) => ({
            address,
            outcome: 'accepted',
            answer: '250 2.0.0 Ok: queued as 42',
            seconds: 0.083,
          })),
        }),
    ],
    [
      'POST',
      /^\/channels$/,
      (_, entry) => {
        if (entry.name === '')
          return error(400, 'bad_request', 'A channel’s name has 1 to 60 characters.', 'name')
        const channel = {
          ...entry,
          id: `c${channels.length + 1}`,
          secrets: [],
          createdAt: clock(),
          queued: 0,
          sent: 0,
          dead: 0,
        }
        channels.push(channel)
        return ok(channel)
      },
    ],
    [
      'DELETE',
      /^\/channels\/([^/]+)$/,
      ([id]) =>
        done(() => {
          const at = channels.findIndex(channel => channel.id === id)
          if (at >= 0) channels.splice(at, 1)
        }),
    ],
    ['GET', /^\/notifications$/, () => ok({ messages: dead })],
    ['POST', /^\/notifications\/([^/]+)\/retry$/, () => done(() => dead.splice(0))],
    ['DELETE', /^\/notifications\/([^/]+)$/, () => done(() => dead.splice(0))],
    ['GET', /^\/settings\/heartbeat$/, () => ok(heartbeat)],
    [
      'PUT',
      /^\/settings\/heartbeat$/,
      (_, body) => {
        heartbeat = { ...heartbeat, ...body }
        return ok(heartbeat)
      },
    ],
  ]
}
