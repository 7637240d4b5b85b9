import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openMailbox } from '../accounts/mailbox.ts'
import { sharedPostgres } from '../harness/databases.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts'
import { complaintsOf, openBrowser, settled } from './browser.ts'
import { fill, isAccessible, PATIENCE_MS, press } from './people.ts'
import { buildConsole, signInAsOperator } from './stand.ts'

let browser: Browser
beforeAll(async () => {
  buildConsole()
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** The operator on a page of a gateway of its own. */
const on = async (
  options: GatewayOptions,
  path: string,
  look: (page: Page, gateway: Gateway) => Promise<void>,
): Promise<void> => {
  const gateway = await startGateway(options)
  const context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE_MS)
  await signInAsOperator(context, gateway)
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await page.goto(`${gateway.url}${path}`)
  await settled(page)
  await look(page, gateway)
  expect(complaints).toEqual([])
  await context.close()
  await gateway.stop()
}

const HOUSE = { kind: 'openai-compatible', base_url: 'http://127.0.0.1:1/v1', keys: ['a-long-vendor-key-0001'] }

describe('an administrator', () => {
  test('sees on the overview that a provider is paused which no channel uses', async () => {
    const config = {
      providers: { used: HOUSE, idle: HOUSE },
      channels: [{ id: 'one', provider: 'used', models: ['gpt-5'] }],
    }
    await on({ config }, '/admin', async (page, gateway) => {
      await page.getByText('All providers are healthy.').waitFor()
      const paused = await gateway.call('POST', '/api/admin/providers/idle/pause', { reason: 'the contract ends' })
      expect(paused.status).toBe(200)
      await page.reload()
      const card = page.getByRole('region', { name: 'Providers that are not well' })
      await card.getByText('the contract ends').waitFor()
      await card.getByRole('link', { name: 'idle' }).click()
      await page.getByRole('dialog', { name: 'idle' }).getByText('No channel uses it').waitFor()
    })
  })

  test('is told before filling a form in that no key can be stored, and where one can be', async () => {
    const database = await (await sharedPostgres()).createDatabase()
    const told = /Keys cannot be stored here yet/
    await on({ config: { database, providers: { house: HOUSE } } }, '/admin/providers', async (page) => {
      await press('Add provider', page)
      const dialog = page.getByRole('dialog')
      await dialog.getByText(told).waitFor()
      expect(await dialog.getByLabel('Key', { exact: true }).isDisabled()).toBe(true)
      await isAccessible(page)
    })
    await on({ config: { providers: { house: HOUSE } } }, '/admin/providers', async (page) => {
      await press('Add provider', page)
      const dialog = page.getByRole('dialog')
      expect(await dialog.getByLabel('Key', { exact: true }).isEnabled()).toBe(true)
      await page.waitForLoadState('networkidle')
      expect(await dialog.getByText(told).count()).toBe(0)
    })
  })

  test('goes on from every list that is empty', async () => {
    await on({ config: { providers: { house: HOUSE } } }, '/admin/alerts', async (page, gateway) => {
      await page.getByText('Nothing was found').waitFor()
      await press('Create rule', page)
      await fill({ Name: 'Paused' }, page.getByRole('dialog'))
      await page.getByRole('dialog').getByLabel('Kind').selectOption('provider_paused')
      await press('Create rule', page.getByRole('dialog'))
      await press('To the rules', page)
      await page.getByRole('rowheader', { name: 'Paused' }).waitFor()

      for (const [path, button] of [
        ['alerts?state=resolved', 'Clear filters'],
        ['codes', 'Create codes'],
        ['codes?q=nothing', 'Clear filters'],
        ['plans', 'Create plan'],
        ['limits?kind=model', 'Clear filters'],
        ['models?tab=aliases', 'Add an alias'],
        ['models?tab=retired', 'Retire a name'],
        ['models?q=nothing-of-that-name', 'Clear filters'],
        ['rules', 'Add a rule'],
      ] as const) {
        await page.goto(`${gateway.url}/admin/${path}`)
        await settled(page)
        await page.getByRole('main').getByRole('button', { name: button }).last().waitFor()
        await isAccessible(page)
      }
    })
  })

  test('is asked before what was entered is discarded, also by the button that closes', async () => {
    await on({ config: { providers: { house: HOUSE } } }, '/admin/groups', async (page) => {
      await page.getByRole('button', { name: 'Create group' }).first().click()
      const dialog = page.getByRole('dialog', { name: 'Create group' })
      await dialog.getByLabel(/^Name/).fill('mine')
      await dialog.getByRole('button', { name: 'Close' }).click()
      const asking = page.getByRole('dialog', { name: 'Discard what you entered?' })
      await asking.getByRole('button', { name: 'Cancel' }).click()
      expect(await dialog.getByLabel(/^Name/).inputValue()).toBe('mine')
      await dialog.getByRole('button', { name: 'Close' }).click()
      await asking.getByRole('button', { name: 'Discard' }).click()
      await dialog.waitFor({ state: 'detached' })
    })
  })
})

test('links in messages lead to the port that is listened on, where any free one was asked for', async () => {
  const mailbox = await openMailbox()
  const gateway = await startGateway({
    config: {
      providers: { house: HOUSE },
      accounts: { sign_up: 'open' },
      mail: { from: 'Tollgate <tollgate@example.com>', smtp_url: mailbox.url },
    },
  })
  const asked = await fetch(`${gateway.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tollgate-console': '1', origin: gateway.url },
    body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'a long enough passphrase' }),
  })
  expect(asked.status).toBe(200)
  const link = await mailbox.link('ada@example.com', '/verify')
  expect(link.origin).toBe(gateway.url)
  await gateway.stop()
  await mailbox.stop()
})
