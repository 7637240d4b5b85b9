import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser as Chromium, BrowserContext } from 'playwright-core'
import { openBrowser } from '../accounts/browser.ts'
import { type Mailbox, openMailbox } from '../accounts/mailbox.ts'
import { openGateway, PASSWORD, signUp, STAGE_MS } from '../accounts/stage.ts'
import { openBrowser as openChromium, settled } from '../console/browser.ts'
import { buildConsole } from '../console/stand.ts'
import type { Gateway } from '../harness/gateway.ts'
import { type Operation, operationsOf } from './description.ts'
import { FORMS } from './forms.ts'
import { ELSEWHERE } from './hostile.ts'

/** Names by which servers are told where to go on, here or elsewhere. */
const NAMES = ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL', 'redirect', 'redirect_uri', 'next', 'returnTo']

let mailbox: Mailbox
let gateway: Gateway
let operations: readonly Operation[]
beforeAll(async () => {
  mailbox = await openMailbox()
  gateway = await openGateway('sqlite', { sign_up: 'open' }, mailbox)
  operations = await operationsOf(gateway.url)
}, STAGE_MS)
afterAll(async () => {
  await gateway.stop()
  await mailbox.stop()
})

/** Whether a browser that is told to go there stays. */
const isHere = (location: string): boolean =>
  location === '' || new URL(location, gateway.url).origin === new URL(gateway.url).origin

describe('the server', () => {
  test.each([...ELSEWHERE])('takes %j for no place to go on at, in any call', async (elsewhere) => {
    const browser = await signUp(gateway, `person${ELSEWHERE.indexOf(elsewhere)}@example.com`, { mailbox })
    const fields = operations.flatMap(({ call, method, path, texts }) =>
      texts.filter((text) => /url$/i.test(text.path[0] ?? '')).map((text) => ({ call, method, path, text })),
    )
    const places = fields.filter(({ path }) => path.startsWith('/api/auth/'))
    expect(places.length).toBeGreaterThan(6)
    for (const { call, method, path, text } of places) {
      const body = { ...FORMS[call]?.(1, {} as never), [text.path[0] ?? '']: elsewhere }
      expect([call, text.path[0], (await browser.send(method, path, body)).status]).toEqual([call, text.path[0], 400])
    }
  })

  test(
    'sends nobody to another site by any call that only reads',
    async () => {
      await signUp(gateway, 'reader@example.com', { mailbox })
      const wanted = { name: 'Ada', email: 'prover@example.com', password: PASSWORD }
      const browser = openBrowser(gateway.url)
      await browser.post('/api/auth/sign-up/email', wanted)
      const link = await mailbox.link('prover@example.com', '/verify')
      const token = link.searchParams.get('token') ?? ''
      const reading = operations.filter(({ method, path }) => method === 'GET' && /^\/api\/(?:auth|session)/.test(path))
      expect(reading.length).toBeGreaterThan(3)
      const pages = ['/', '/login', '/console', '/verify', '/docs', '/api/auth/sign-in/email', '/setup/undo.sh']
      const wrong: string[] = []
      for (const elsewhere of ELSEWHERE)
        for (const path of [...reading.map((one) => one.path.replace('{id}', 'company')), ...pages]) {
          const search = new URLSearchParams([['token', token], ...NAMES.map((name) => [name, elsewhere])])
          const to = await browser.leads(`${path}?${search}`)
          if (!isHere(to)) wrong.push(`${path}: ${elsewhere} led to ${to}`)
        }
      expect(wrong).toEqual([])
    },
    STAGE_MS,
  )

  test('stays with itself where the path is the address of another site', async () => {
    const browser = openBrowser(gateway.url)
    for (const path of [
      '//evil.example',
      '//evil.example/..',
      '/\\evil.example',
      '/%2f%2fevil.example',
      '/console//evil.example',
    ])
      expect([path, isHere(await browser.leads(path))]).toEqual([path, true])
  })
})

describe('the console', () => {
  let chromium: Chromium
  let context: BrowserContext
  beforeAll(async () => {
    buildConsole()
    chromium = await openChromium()
    context = await chromium.newContext()
    await signUp(gateway, 'visitor@example.com', { mailbox })
  }, STAGE_MS)
  afterAll(() => chromium.close())

  test.each(ELSEWHERE.filter((one) => /^[/%]|^(?:https?:|javascript:)\/?\/?[ea]/.test(one)))(
    'leads whoever signs in at /login?next=%j to a page of its own, and offers no link there',
    async (elsewhere) => {
      const page = await context.newPage()
      const asked: string[] = []
      page.on('request', (request) => asked.push(new URL(request.url()).origin))
      await page.goto(`${gateway.url}/verify?next=${encodeURIComponent(elsewhere)}`)
      await settled(page)
      expect(await page.locator('a[href*="evil.example"]:not([href*="next="]), a[href^="javascript:" i]').count()).toBe(
        0,
      )
      await page.goto(`${gateway.url}/login?next=${encodeURIComponent(elsewhere)}`)
      await page.getByLabel('E-mail address').fill('visitor@example.com')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForURL(({ pathname }) => pathname !== '/login')
      expect(new URL(page.url()).origin).toBe(gateway.url)
      expect(new Set(asked)).toEqual(new Set([gateway.url]))
      await page.close()
    },
    STAGE_MS,
  )
})
