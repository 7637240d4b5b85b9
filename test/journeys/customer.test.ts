import { afterAll, beforeAll, describe, expect } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Browser, Locator } from 'playwright-core'
import { type Mailbox, openMailbox } from '../accounts/mailbox.ts'
import { KINDS, openGateway, STAGE_MS } from '../accounts/stage.ts'
import { openBrowser } from '../console/browser.ts'
import { buildConsole } from '../console/stand.ts'
import type { Gateway } from '../harness/gateway.ts'
import { OpenAI } from '../sdk/openai-client.ts'
import { SAID, startVendor, VENDOR_KEY, VENDOR_MODEL } from './vendor.ts'
import { REFUSED, stepsOf, type Visitor, visit } from './visitor.ts'

const ADA = { Name: 'Ada Lovelace', 'E-mail address': 'ada@example.com', Password: 'a long enough passphrase' }
const { Name: _, ...CREDENTIALS } = ADA
const MESSAGES = [{ role: 'user' as const, content: 'Which way to the harbour?' }]
/** The price of the model, of which every answer uses a thousand tokens and two hundred. */
const PRICE = { input: '1', output: '5' }
const COST_USD = '0.002'

describe.each([...KINDS])('the life of a customer, on %s', (kind) => {
  const vendor = startVendor()
  let mailbox: Mailbox
  let gateway: Gateway
  let browser: Browser
  let ada: Visitor
  let secret: string
  let firstRequest: string
  const step = stepsOf(() => ada)

  beforeAll(async () => {
    buildConsole()
    mailbox = await openMailbox()
    gateway = await openGateway(kind, { sign_up: 'open' }, mailbox, {
      providers: { vendor: { kind: 'anthropic', base_url: vendor.url, keys: [VENDOR_KEY] } },
      channels: [{ id: 'vendor', provider: 'vendor', models: [VENDOR_MODEL] }],
      capture: { enabled: true, groups: ['default'] },
    })
    const set = await gateway.call('PUT', `/api/admin/models/${VENDOR_MODEL}/price`, PRICE)
    if (set.status >= 300) throw new Error(`the price was refused: ${JSON.stringify(set)}`)
    browser = await openBrowser()
    // Refused once, on purpose: a sign-in before the address is confirmed.
    ada = await visit(browser, gateway.url, [REFUSED])
  }, STAGE_MS)
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
    await mailbox?.stop()
    await vendor.stop()
  }, STAGE_MS)

  const client = (): OpenAI => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: secret, maxRetries: 0 })
  const ask = () => client().chat.completions.create({ model: VENDOR_MODEL, messages: MESSAGES, max_tokens: 300 })

  /** The key that a window shows this once. */
  const secretIn = async (issued: Locator): Promise<string> => {
    const shown = issued.locator('code').filter({ hasText: /^sk-tg-/ })
    return (await shown.first().textContent()) ?? ''
  }

  step('she signs up, and cannot sign in until the link of the message is opened', async () => {
    await ada.open('/')
    await ada.page.getByRole('link', { name: 'Sign up', exact: true }).first().click()
    await ada.fill(ADA)
    await ada.press('Create account')
    await ada.sees('Look into your mail')
    await ada.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await ada.page.waitForURL(/\/login/)
    await ada.fill(CREDENTIALS)
    await ada.press('Sign in')
    await ada.page
      .getByRole('alert')
      .filter({ hasText: /confirm/i })
      .waitFor()
    const link = await mailbox.link('ada@example.com', '/verify')
    // Of the gateway's address it knows no port: it took a free one.
    await ada.open(`${link.pathname}${link.search}`)
    await ada.sees('Your address is confirmed.')
    await ada.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await ada.page.waitForURL(/\/login/)
    await ada.fill(CREDENTIALS)
    await ada.press('Sign in')
    await ada.page.getByRole('heading', { level: 1, name: 'Your first request' }).waitFor()
  })

  step('an administrator gives her credit, which she sees without doing anything', async () => {
    await ada.sees('Ask whoever runs this gateway for credit')
    const operator = await visit(browser, gateway.url)
    await operator.open('/login')
    await operator.fill({ 'Admin key': gateway.adminKey })
    await operator.press('Enter the administration')
    await operator.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await operator.go('Users')
    await operator.page.getByRole('row').filter({ hasText: 'ada@example.com' }).getByRole('link').first().click()
    await operator.press('Adjust the balance')
    const dialog = operator.dialog('Adjust the balance')
    await operator.fill({ 'Amount in USD': '1', Reason: 'invoice 7, paid' }, dialog)
    await operator.press('Adjust balance', dialog)
    await operator.sees('Balance adjusted')
    await operator.page.getByText('$1').first().waitFor()
    operator.complainsOfNothing()
    await operator.leave()
    await ada.page.getByText('Ask whoever runs this gateway for credit').waitFor({ state: 'detached' })
  })

  step('she makes a key with a budget, and the openai SDK is answered with it', async () => {
    await ada.go('Keys')
    await ada.press('Create key')
    const dialog = ada.dialog('Create key')
    await ada.fill({ Name: 'laptop' }, dialog)
    await dialog.getByText('Budgets', { exact: true }).click()
    await ada.fill({ 'a day': '0.0045' }, dialog)
    await ada.press('Create key', dialog)
    const issued = ada.dialog('The secret of laptop')
    await ada.sees('This is shown only now', issued)
    secret = await secretIn(issued)
    await ada.press('I have copied it', issued)
    await ada.page.getByRole('row', { name: /laptop.*active/ }).waitFor()

    await ada.go('Logs')
    await ada.sees('No requests yet')
    await ada.sees(/^Live$/)
    const { data, request_id } = await ask().withResponse()
    expect(data.choices[0]?.message.content).toBe(SAID)
    firstRequest = request_id ?? ''
  })

  step('the request appears in the live log by itself, and its receipt says what it cost and why', async () => {
    const row = ada.page.getByRole('row').filter({ hasText: VENDOR_MODEL })
    await row.waitFor()
    await ada.sees('1 new request since you opened this')
    await row.getByRole('link').first().click()
    await ada.page.getByRole('heading', { level: 1, name: `Request to ${VENDOR_MODEL}` }).waitFor()
    expect(new URL(ada.page.url()).pathname).toBe(`/console/logs/${firstRequest}`)
    const receipt = await (await ada.page.request.get(`${gateway.url}/api/me/requests/${firstRequest}`)).json()
    expect(receipt).toMatchObject({ cost_usd: `${COST_USD}000000`, usage: { input: 1_000, output: 200 } })
    const cost = ada.page.getByRole('region', { name: 'What it cost and why' })
    expect(await cost.getByRole('row', { name: /^Input/ }).textContent()).toMatch(/1,000[\s\S]*\$1[\s\S]*\$0\.001/)
    expect(await cost.getByRole('row', { name: /^Output/ }).textContent()).toMatch(/200[\s\S]*\$5[\s\S]*\$0\.001/)
    expect(await cost.getByRole('row', { name: /^Charged/ }).textContent()).toContain(`$${COST_USD}`)
    await ada.page.getByRole('tab', { name: 'Request', exact: true }).click()
    const sides = ada.page.getByRole('tabpanel').last()
    await ada.sees('From the client · POST /v1/chat/completions', sides)
    await ada.sees('To the provider · POST /v1/messages', sides)
    expect(await sides.textContent()).toContain('Which way to the harbour?')
    await ada.page.getByRole('tab', { name: 'Answer', exact: true }).click()
    await ada.sees('From the provider · 200')
    expect(await ada.page.content()).not.toContain(VENDOR_KEY)
  })

  step('the budget of the key refuses what would go over it with 402, and says which budget that is', async () => {
    await ask()
    const failure: unknown = await ask().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OpenAI.APIError)
    const { status, message } = failure as InstanceType<typeof OpenAI.APIError>
    expect(status).toBe(402)
    expect(message).toMatch(/budget.*day|day.*budget/i)
    await ada.go('Keys')
    await ada.sees('$0.0045', ada.page.getByRole('row', { name: /laptop/ }))
    await ada.page
      .getByRole('row', { name: /laptop/ })
      .getByText('$0.004', { exact: true })
      .waitFor()
  })

  step('she raises the budget and is answered at once', async () => {
    await ada.take('Actions for laptop', 'Change')
    const dialog = ada.dialog('Change laptop')
    await ada.fill({ 'a day': '0.5' }, dialog)
    await ada.press('Save', dialog)
    await ada.sees('Saved. It counts from the next request on.')
    const answered = await ask()
    expect(answered.choices[0]?.message.content).toBe(SAID)
  })

  step('a new secret replaces the old one, which ends when she says', async () => {
    await ada.take('Actions for laptop', 'New secret')
    const dialog = ada.dialog('A new secret for laptop')
    await dialog.getByLabel('The old secret works for').selectOption({ label: 'no longer: it ends now' })
    await ada.press('Create new secret', dialog)
    const issued = ada.dialog('The secret of laptop')
    const fresh = await secretIn(issued)
    await ada.press('I have copied it', issued)
    expect(fresh).not.toBe(secret)
    const failure: unknown = await ask().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OpenAI.AuthenticationError)
    secret = fresh
    const stream = await client().chat.completions.create({ model: VENDOR_MODEL, messages: MESSAGES, stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(SAID)
  })

  step('what she exports as CSV adds up to what she was charged', async () => {
    await ada.go('Logs')
    await ada.page.getByRole('row').filter({ hasText: VENDOR_MODEL }).nth(3).waitFor()
    const coming = ada.page.waitForEvent('download')
    await ada.press('CSV')
    const download = await coming
    expect(download.suggestedFilename()).toBe('requests.csv')
    const [head = '', ...lines] = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/)
    const at = head.split(',').indexOf('cost_usd')
    const total = lines.reduce((sum, line) => sum + Number(line.split(',')[at]), 0)
    expect(lines).toHaveLength(4)
    expect(total).toBeCloseTo(0.008, 9)
    await ada.go('Billing')
    await ada.sees('$0.992')
    ada.complainsOfNothing()
  })
})
