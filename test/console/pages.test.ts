import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { setTheme, violationsOf } from './axe.ts'
import { complaintsOf, openBrowser, settled } from './browser.ts'
import { peopleOf } from './people.ts'
import { pagePaths, signInAsOperator, startWithConsole } from './stand.ts'

/** A path that names something that is not there is answered 404, and browsers say so by themselves. */
const EXPECTED = [/Failed to load resource: the server responded with a status of 40[134]/]

let gateway: Gateway
let browser: Browser
/** The browser of each who looks. */
const contexts = new Map<string, BrowserContext>()
/** The last request of the customer. */
let requestId = ''

beforeAll(async () => {
  gateway = await startWithConsole({ config: { accounts: { sign_up: 'open' } } })
  browser = await openBrowser()
  const operator = await browser.newContext()
  await signInAsOperator(operator, gateway)
  contexts.set('the operator', operator)
  const people = peopleOf(
    () => gateway,
    () => browser,
  )
  for (const [who, name] of Object.entries(PEOPLE)) contexts.set(who, await contextOf(people, name))
  requestId = await spendAs(contexts.get('a customer'))
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const PEOPLE = { 'a newcomer': 'Nora', 'a customer': 'Cara' }

const contextOf = async (people: ReturnType<typeof peopleOf>, name: string): Promise<BrowserContext> => {
  const { page } = await people.someone(name, '/console')
  await page.close()
  return page.context()
}

/** Credit, a project, two keys, one of them revoked, and requests of every outcome; the id of the last that was answered. */
const spendAs = async (context: BrowserContext | undefined): Promise<string> => {
  if (!context) throw new Error('nobody is signed in')
  const headers = { 'x-tollgate-console': '1', origin: gateway.url }
  const session = await (await context.request.get(`${gateway.url}/api/session`)).json()
  await gateway.credit(session.organisations[0].id, '10')
  const make = async (path: string, data: unknown) =>
    (await context.request.post(`${gateway.url}${path}`, { data, headers })).json()
  const project = await make('/api/me/projects', { name: 'Search', budget_usd: '5' })
  const { key } = await make('/api/me/keys', { name: 'For the server', project_id: project.id, rpm: 600 })
  const revoked = await make('/api/me/keys', { name: 'Old' })
  await context.request.delete(`${gateway.url}/api/me/keys/${revoked.id}`, { headers })
  const ask = (body: object) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello!' }], ...body }),
    })
  for (const body of [{}, { stream: true }, { model: 'nobody-knows' }, { max_tokens: 1_000_000_000 }])
    await (await ask(body)).text()
  const last = await ask({ temperature: 0.5 })
  await last.text()
  return last.headers.get('x-request-id') ?? ''
}

/** The administration and what is public as the operator; the console as somebody with nothing yet, and with a history. */
const SEEN = [...pagePaths(), '/nowhere', '/admin/nowhere'].flatMap((path): (readonly [string, string])[] =>
  path.startsWith('/console') ? Object.keys(PEOPLE).map((who) => [path, who] as const) : [[path, 'the operator']],
)

describe('every page', () => {
  test.each(SEEN)(
    '%s, seen by %s, has a heading, a title and landmarks, is accessible in light and dark, and complains of nothing',
    async (path, who) => {
      const page = await contexts.get(who)?.newPage()
      if (!page) throw new Error(`nobody is ${who}`)
      // A request that is there asks for nothing that is not.
      const isRequest = who === 'a customer' && path.startsWith('/console/logs/')
      const complaints = complaintsOf(page, isRequest ? [] : EXPECTED)
      await page.goto(gateway.url + (who === 'a customer' ? path.replace('unknown', requestId) : path))
      await settled(page)
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      expect(await page.getByRole('main').count()).toBe(1)
      expect(await page.title()).toMatch(/\S · Tollgate$/)
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      expect(await violationsOf(page)).toEqual([])
      await setTheme(page, 'dark')
      expect(await violationsOf(page, ['color-contrast'])).toEqual([])
      expect(complaints).toEqual([])
      await page.close()
    },
  )
})
