import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Browser as Member, openBrowser as openMember } from '../accounts/browser.ts'
import { must, sessionOf, signUp } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import { setTheme, violationsOf } from './axe.ts'
import { complaintsOf, openBrowser, settled } from './browser.ts'
import { startThinker, type Thinker } from './playground-vendor.ts'
import { startWithConsole } from './stand.ts'

/** A request that was refused, and a receipt that is not written yet, are answered 4xx: browsers say so by themselves. */
const REFUSED = [/Failed to load resource: the server responded with a status of 4\d\d/]
const PATIENCE_MS = 20_000

let thinker: Thinker
let gateway: Gateway
let browser: Browser
let owner: Member
let context: BrowserContext
let page: Page
let complaints: readonly string[]

beforeAll(async () => {
  thinker = startThinker()
  gateway = await startWithConsole({
    config: {
      accounts: { sign_up: 'open' },
      providers: {
        demo: { kind: 'demo' },
        thinker: { kind: 'anthropic', base_url: thinker.url, keys: ['sk-ant-of-the-playground-0123'] },
      },
    },
  })
  owner = await signUp(gateway, 'ada@example.com')
  await gateway.credit((await sessionOf(owner)).organisations[0]?.id ?? '', '10')
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await thinker.stop()
})

const openFor = async (member: Member): Promise<void> => {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.addCookies([...member.cookies].map(([name, value]) => ({ name, value, url: gateway.url })))
  page = await context.newPage()
  complaints = complaintsOf(page, REFUSED)
  await page.goto(`${gateway.url}/console/playground`)
  await settled(page)
}
const asMember = (member: () => Promise<Member> | Member): void => {
  beforeEach(async () => openFor(await member()))
  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
}

const makeKey = async (): Promise<void> => {
  await page.getByRole('button', { name: 'Create a key for the playground' }).click()
  await page.getByRole('button', { name: 'Revoke the key' }).waitFor()
}
const useModel = async (model: string, place = 0): Promise<void> => {
  const field = page.getByRole('combobox', { name: 'Model' }).nth(place)
  await field.click()
  await field.fill(model)
  await page.getByRole('option', { name: model, exact: true }).click()
}
const useFormat = (format: string, place = 0): Promise<unknown> =>
  page.getByLabel('Format').nth(place).selectOption(format)
const say = async (text: string): Promise<void> => {
  await page.getByLabel('Message').fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}
const answers = () => page.getByRole('article', { name: 'Model' })
/** Waits for so many answers, and for their receipts. */
const answered = async (count: number): Promise<void> => {
  await answers()
    .nth(count - 1)
    .waitFor()
  await page.waitForFunction(() => document.querySelector('article[aria-busy]') === null)
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('dt')].filter(
        (one) => one.textContent === 'Price' && /\d/.test(one.nextElementSibling?.textContent ?? ''),
      ).length >= wanted,
    count,
  )
}
const figure = (name: string) =>
  page
    .locator('dt', { hasText: new RegExp(`^${name}$`) })
    .last()
    .locator('xpath=following-sibling::dd')
const addTool = async (name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Add a tool' }).click()
  await page.getByLabel('Name').fill(name)
}

const FORMATS = [['openai-chat'], ['openai-responses'], ['anthropic-messages'], ['gemini']] as const

describe('the playground', () => {
  asMember(() => owner)

  test.each(FORMATS)(
    'asks in %s, as a stream and not, and says what it cost and where it is written down',
    async (format) => {
      await makeKey()
      await useModel('demo')
      await useFormat(format)
      await say('A tide is what?')
      await answered(1)
      expect(await answers().first().textContent()).toContain('You said: "A tide is what?"')
      await page.getByRole('switch', { name: 'Stream the answer' }).click()
      await say('And an ebb?')
      await answered(2)
      expect(await answers().nth(1).textContent()).toContain('You said: "And an ebb?"')
      expect(await figure('Price').textContent()).toMatch(/^\$0\.0000\d+$/)
      for (const name of ['Input tokens', 'Output tokens', 'First token', 'Time', 'Ended'])
        expect(await figure(name).textContent()).toMatch(/\w/)
      const id = (await figure('Request').textContent()) ?? ''
      await figure('Request').getByRole('link').click()
      await page.waitForURL(`${gateway.url}/console/logs/${id}`)
      // Whoever looks at a request comes back to the conversation.
      await page.goBack()
      await settled(page)
      expect(await answers().count()).toBe(2)
      const sent = must(200, await owner.get(`/api/me/requests/${id}`))
      expect(sent).toMatchObject({ client_format: format, stream: false, status: 200 })
    },
  )

  test.each(FORMATS)('gives the result of a tool in %s, and the model goes on', async (format) => {
    await makeKey()
    await useModel('demo')
    await useFormat(format)
    await addTool('weather_in')
    await say('TOOLTEST please')
    await page.getByText('Give the results of the calls first.').waitFor()
    expect(await page.getByRole('group', { name: 'Calls weather_in' }).textContent()).toContain('"city": "demo"')
    await page.getByLabel('Result of weather_in').fill('{"celsius": 21}')
    await page.getByRole('button', { name: 'Give the results and go on' }).click()
    await answered(2)
    expect(await answers().nth(1).textContent()).toContain('Hello from Tollgate')
    expect(await page.getByRole('article', { name: 'Results of tools' }).textContent()).toContain('celsius')
  })

  test('asks two formats side by side, with one message', async () => {
    await makeKey()
    await useModel('demo')
    await page.getByRole('button', { name: 'Two side by side' }).click()
    await useFormat('gemini', 1)
    await say('Ahoy')
    await answered(2)
    const { data } = must(200, await owner.get('/api/me/requests?limit=2')) as {
      readonly data: readonly { readonly client_format: string }[]
    }
    expect(data.map(({ client_format }) => client_format).sort()).toEqual(['gemini', 'openai-chat'])
    expect(await violationsOf(page)).toEqual([])
  })

  test('shows what is thought, sends its signature back, and stops where somebody says so', async () => {
    await makeKey()
    await useModel('claude-haiku-4-5')
    await useFormat('anthropic-messages')
    await page.getByLabel('Thinking', { exact: true }).selectOption('budget')
    await page.getByLabel('Tokens for thinking').fill('2000')
    await say('Think.')
    await answered(1)
    await answers().first().getByText('Thinking', { exact: true }).click()
    await page.getByText('Hm, a signed thought.').waitFor()
    await say('And forever?')
    await page.getByText('and on').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped. What had been delivered is charged.').waitFor()
    expect(await answers().nth(1).textContent()).toContain('and on')
    expect(thinker.asked.at(-1)).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 6_096,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      stream: true,
      messages: [
        { role: 'user', content: 'Think.' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm, a signed thought.', signature: 'c2lnbmVk' },
            { type: 'text', text: 'Thought.' },
          ],
        },
        { role: 'user', content: 'And forever?' },
      ],
    })
  })

  test('shows an image before it is sent, and refuses what is none', async () => {
    await makeKey()
    await useModel('claude-haiku-4-5')
    await useFormat('anthropic-messages')
    const file = page.locator('input[type=file]')
    await file.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') })
    await page.getByText('Only PNG, JPEG, GIF and WebP can be attached.').waitFor()
    await file.setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') })
    await page.getByRole('img', { name: 'dot.png' }).waitFor()
    await say('What is this?')
    await answered(1)
    expect(thinker.asked.at(-1)).toMatchObject({
      messages: [
        {
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
            { type: 'text' },
          ],
        },
      ],
    })
  })

  test('changes a message and asks again from there', async () => {
    await makeKey()
    await useModel('demo')
    await say('One')
    await answered(1)
    const first = page.getByRole('article', { name: 'You' }).first()
    await first.getByRole('button', { name: 'Edit' }).click()
    await first.getByLabel('Words').fill('Another')
    await first.getByRole('button', { name: 'Save' }).click()
    await first.getByRole('button', { name: 'Ask again from here' }).click()
    await page.getByText('You said: "Another".').waitFor()
    expect(await answers().count()).toBe(1)
  })

  test('shows a refusal in the words of the gateway', async () => {
    await page.getByLabel('A key of yours').fill('sk-tg-not-a-key-of-anybody')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await useModel('demo')
    await say('Ahoy')
    await page.getByRole('alert').filter({ hasText: 'invalid_api_key' }).waitFor()
    expect(await page.getByRole('article', { name: 'You' }).count()).toBe(1)
    expect(await violationsOf(page)).toEqual([])
  })

  test('copies a command that sends the very same request, and holds no key', async () => {
    await makeKey()
    await useModel('demo')
    await useFormat('gemini')
    await page.getByRole('switch', { name: 'Stream the answer' }).click()
    await page.getByLabel('Message').fill("It's a “test” with $HOME and `ls`")
    await page.getByRole('button', { name: 'Copy as …' }).click()
    const command = (await page.getByRole('dialog').getByRole('group', { name: 'curl' }).textContent()) ?? ''
    expect(command).not.toMatch(/sk-tg-/)
    const { key } = must(201, await owner.post('/api/me/keys', { name: 'of the shell' }))
    const { status, stdout } = spawnSync('bash', ['-euc', command], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], TOLLGATE_API_KEY: String(key), NO_PROXY: '*' },
    })
    expect(status).toBe(0)
    expect(stdout).toContain('with $HOME and `ls`')
    await page.keyboard.press('Escape')
  })

  test('keeps its key in memory alone: neither in storage nor in the address, and revokes it when asked', async () => {
    await makeKey()
    const kept = await page.evaluate(() =>
      JSON.stringify([
        ...Object.entries(localStorage),
        ...Object.entries(sessionStorage),
        document.cookie,
        location.href,
      ]),
    )
    expect(kept).not.toContain('sk-tg-')
    const playground = async () =>
      (must(200, await owner.get('/api/me/keys?limit=200')) as { readonly data: readonly Record<string, unknown>[] })
        .data[0]
    expect(await playground()).toMatchObject({
      name: 'Playground',
      budget_usd: '1.000000000',
      scopes: ['generate', 'receipts'],
      state: 'active',
    })
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await page.getByRole('button', { name: 'Create a key for the playground' }).waitFor()
    await page.waitForFunction(() => document.querySelector('button[aria-busy]') === null)
    expect(await playground()).toMatchObject({ state: 'revoked' })
    await page.reload()
    await settled(page)
    expect(await page.getByText('Choose a key first.').count()).toBe(1)
  })

  test('is accessible with a conversation on it, in light and dark, on a phone', async () => {
    await makeKey()
    await useModel('demo')
    await addTool('weather_in')
    await say('TOOLTEST')
    await page.getByLabel('Result of weather_in').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await setTheme(page, 'dark')
    expect(await violationsOf(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })
})

/** A member of the owner's organisation who may look, beside an organisation of their own. */
const viewerOf = async (): Promise<Member> => {
  const viewer = await signUp(gateway, 'viewer@example.com')
  const { id } = (await sessionOf(owner)).organisations[0] ?? {}
  const invited = must(201, await owner.post(`/api/organisations/${id}/invitations`, { role: 'viewer' }))
  must(200, await viewer.post(`/api/invitations/${String(invited['url']).split('/').at(-1)}/accept`))
  return viewer
}

describe('a role that makes no keys', () => {
  asMember(viewerOf)

  test('is told why, and may still bring a key', async () => {
    const { id = '' } = (await sessionOf(owner)).organisations[0] ?? {}
    await page.evaluate((chosen) => localStorage.setItem('tollgate.organisation', chosen), id)
    await page.reload()
    await settled(page)
    await page.getByText('Your role (viewer) may look, but not change keys or projects.').waitFor()
    expect(await page.getByRole('button', { name: 'Create a key for the playground' }).count()).toBe(0)
    expect(await page.getByLabel('A key of yours').count()).toBe(1)
    expect(await violationsOf(page)).toEqual([])
  })
})

test.each([
  ['/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 'hi' }] }],
  ['/v1/responses', { model: 'demo', input: 'hi' }],
  ['/v1/messages', { model: 'demo', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }],
  ['/v1beta/models/demo:generateContent', { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }],
])('the cookie of somebody who is signed in pays for nothing at %s', async (path, body) => {
  const stranger = openMember(gateway.url)
  for (const [name, value] of owner.cookies) stranger.cookies.set(name, value)
  const organisation = (await sessionOf(owner)).organisations[0]?.id ?? ''
  const answer = await stranger.post(path, body, { 'x-tollgate-organisation': organisation })
  expect(answer.status).toBe(401)
})

/** A single red pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='
