import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { openBrowser } from './browser.ts'
import { fill, isAccessible, PATIENCE_MS, peopleOf, press, take } from './people.ts'
import { signInAsOperator, startWithConsole } from './stand.ts'

let gateway: Gateway
let browser: Browser
beforeAll(async () => {
  gateway = await startWithConsole({ config: { accounts: { sign_up: 'open' }, alerts: { private_addresses: true } } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const { someone, operator } = peopleOf(
  () => gateway,
  () => browser,
)

describe('an administrator', () => {
  test('changes a rule, sees a test of it arrive, and is shown a new secret once', async () => {
    const arrived: string[] = []
    const hook = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async (request) => {
        arrived.push(((await request.json()) as { type: string }).type)
        return new Response('ok')
      },
    })
    const { page, complaints } = await operator('/admin/alerts?tab=rules')
    await gateway.call('POST', '/api/admin/alerts', {
      name: 'Failures',
      kind: 'error_rate',
      condition: { percent: 10, provider: 'main' },
      webhook_url: 'http://127.0.0.1:1/gone',
    })
    await page.reload()
    await take(page, 'Actions for Failures', 'Change')
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByLabel('Kind').isDisabled()).toBe(true)
    await dialog.getByText(/Now http:\/\/127\.0\.0\.1:1/).waitFor()
    await isAccessible(page)
    await fill(
      { Name: 'Many failures', 'Errors in per cent': '25', Webhook: `http://127.0.0.1:${hook.port}/1` },
      dialog,
    )
    await press('Save', dialog)
    await page.getByRole('rowheader', { name: 'Many failures' }).waitFor()
    const { data } = (await gateway.call('GET', '/api/admin/alerts')).body as { data: { condition: unknown }[] }
    expect(data[0]?.condition).toMatchObject({ percent: 25, provider: 'main' })

    await take(page, 'Actions for Many failures', 'Send a test')
    await press('Send', dialog)
    await dialog.getByText('Webhook: it arrived.').waitFor()
    expect(arrived).toEqual(['alert.test'])
    await isAccessible(page)
    // A tip of the focused button is open by now: one press of Escape is enough all the same.
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    await take(page, 'Actions for Many failures', 'New secret')
    await press('New secret', dialog)
    expect(await dialog.locator('code').innerText()).toStartWith('whsec_')
    await press('I have copied it', dialog)
    expect(complaints).toEqual([])
    await hook.stop(true)
  })

  test('sees who redeemed a code, and when', async () => {
    const made = (await gateway.call('POST', '/api/admin/redemption-codes', { amount_usd: '5', note: 'spring' })).body
    const [code] = (made as { data: { code: string; hint: string }[] }).data
    const { page: redeeming } = await someone('Niklaus', '/console/billing')
    await redeeming
      .getByLabel(/code/i)
      .first()
      .fill(code?.code ?? '')
    await redeeming.getByLabel(/code/i).first().press('Enter')
    await redeeming.getByText('$5.00').first().waitFor()
    const { page, complaints } = await operator('/admin/codes')
    await press(code?.hint ?? '', page)
    const drawer = page.getByRole('dialog', { name: `Who redeemed ${code?.hint}` })
    await drawer.getByRole('link', { name: 'niklaus@example.com' }).waitFor()
    await isAccessible(page)
    expect(complaints).toEqual([])
  })
})

describe('where prices are not told to everybody', () => {
  const UNPRICED = 'house-model'
  let closed: Gateway
  beforeAll(async () => {
    closed = await startWithConsole({
      config: {
        public_prices: false,
        accounts: { sign_up: 'open' },
        providers: { vendor: { kind: 'anthropic', base_url: 'http://127.0.0.1:1', keys: ['vendor-key'] } },
        channels: [{ id: 'vendor', provider: 'vendor', models: [UNPRICED, 'claude-haiku-4-5'] }],
      },
      catalogue: { models: { [UNPRICED]: { provider: 'house', type: 'chat' } } },
    })
  })
  afterAll(async () => {
    await closed.stop()
  })

  test('a stranger is told to sign in, and who did sees what their organisation may ask and pays', async () => {
    const context = await browser.newContext()
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    await page.goto(`${closed.url}/docs/pricing`)
    await page.getByText('Prices are not shown to everybody here').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL(/\/login/)
    await signInAsOperator(context, closed)
    for (const path of ['/docs/pricing', '/models']) {
      await page.goto(`${closed.url}${path}`)
      await page.getByRole('rowheader', { name: /^claude-haiku-4-5/ }).waitFor()
      await isAccessible(page)
    }
  })

  test('and administrators find the models that are offered without a price', async () => {
    const context = await browser.newContext()
    context.setDefaultTimeout(PATIENCE_MS)
    await signInAsOperator(context, closed)
    const page = await context.newPage()
    await page.goto(`${closed.url}/admin/models`)
    await page.getByRole('combobox', { name: 'Price' }).selectOption('none')
    await page.getByRole('row', { name: new RegExp(`${UNPRICED}.*no price`) }).waitFor()
    await page.getByRole('button', { name: UNPRICED, exact: true }).click()
    await page
      .getByRole('dialog')
      .getByText(/No price was ever set/)
      .waitFor()
    await isAccessible(page)
  })
})
