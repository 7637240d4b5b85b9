import { afterAll, beforeAll, describe, expect } from 'bun:test'
import type { Browser } from 'playwright-core'
import { type Mailbox, openMailbox } from '../accounts/mailbox.ts'
import { KINDS, openGateway, signUp, STAGE_MS } from '../accounts/stage.ts'
import { openBrowser } from '../console/browser.ts'
import { buildConsole } from '../console/stand.ts'
import type { Gateway } from '../harness/gateway.ts'
import { type Hook, isSignedWith, openHook } from './hook.ts'
import { REVOKED_VENDOR_KEY, SAID, startVendor, VENDOR_KEY, VENDOR_MODEL } from './vendor.ts'
import { stepsOf, type Visitor, visit } from './visitor.ts'

const OPS = 'ops@example.com'

describe.each([...KINDS])('the life of an administrator, on %s', (kind) => {
  const vendor = startVendor()
  const hook: Hook = openHook()
  let mailbox: Mailbox
  let gateway: Gateway
  let browser: Browser
  let admin: Visitor
  let userKey: string
  const step = stepsOf(() => admin)

  beforeAll(async () => {
    buildConsole()
    mailbox = await openMailbox()
    gateway = await openGateway(kind, { sign_up: 'open' }, mailbox, {
      // On PostgreSQL there is no folder to keep one in.
      ...{
        providers: {},
        alerts: { every: '200ms', private_addresses: true },
        encryption_key: 'a passphrase for the keys of providers',
      },
    })
    const person = await signUp(gateway, 'grace@example.com', { mailbox, name: 'Grace Hopper' })
    const made = await person.post('/api/me/keys', { name: 'grace' })
    userKey = String(made.body['key'])
    browser = await openBrowser()
    admin = await visit(browser, gateway.url)
  }, STAGE_MS)
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
    await mailbox?.stop()
    await hook.stop()
    await vendor.stop()
  }, STAGE_MS)

  /** One request of the user, as a program sends it. */
  const ask = async (): Promise<{ readonly status: number; readonly text: string }> => {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${userKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: VENDOR_MODEL, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 300 }),
    })
    return { status: answer.status, text: await answer.text() }
  }

  step('the admin key opens the administration', async () => {
    await admin.open('/login')
    await admin.fill({ 'Admin key': gateway.adminKey })
    await admin.press('Enter the administration')
    await admin.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  })

  step('a provider is added with a key that turns out not to work', async () => {
    await admin.go('Providers')
    await admin.press('Add provider')
    const dialog = admin.dialog('Add provider')
    await admin.fill({ Name: 'anthropic-main' }, dialog)
    const kinds = dialog.getByRole('combobox', { name: 'Kind' })
    await kinds.fill('anthropic')
    await dialog.getByRole('option', { name: 'anthropic', exact: true }).click()
    await admin.fill({ 'Base URL': vendor.url, Key: REVOKED_VENDOR_KEY }, dialog)
    await admin.press('Add provider', dialog)
    const testing = admin.dialog('Test anthropic-main')
    await admin.press('Test', testing)
    await admin.sees('does not work', testing)
    await admin.sees(/status 401/, testing)
    await admin.press('Close', testing)
  })

  step('another key takes its place, and works', async () => {
    await admin.page.getByRole('button', { name: 'anthropic-main', exact: true }).click()
    const details = admin.dialog('anthropic-main')
    await admin.press('Add a key', details)
    const adding = admin.dialog('A key for anthropic-main')
    await admin.fill({ Name: 'good', Key: VENDOR_KEY }, adding)
    await admin.press('Add a key', adding)
    await admin.sees('good', details)
    await details.getByRole('button', { name: /^Delete key (?!good)/ }).click()
    const removing = admin.page.getByRole('dialog', { name: /^Delete key/ })
    await admin.press('Delete the key', removing)
    await admin.page.getByRole('button', { name: /^Delete key (?!good)/ }).waitFor({ state: 'detached' })
    expect(await admin.page.textContent('body')).not.toContain(VENDOR_KEY)
    await admin.press('Close', details)
    await admin.take('Actions for anthropic-main', 'Test')
    const testing = admin.dialog('Test anthropic-main')
    await admin.press('Test', testing)
    await admin.sees('works', testing)
    await admin.press('Close', testing)
  })

  step('a price is set once its effect was seen, and counts from the next request on', async () => {
    await admin.go('Models')
    await admin.page.getByRole('searchbox', { name: 'Model' }).fill(VENDOR_MODEL)
    await admin.take(`Actions for ${VENDOR_MODEL}`, 'Set a price')
    const dialog = admin.dialog(`Set the price of ${VENDOR_MODEL}`)
    await dialog.getByLabel('Input', { exact: false }).first().fill('2')
    await dialog.getByLabel('Output', { exact: true }).fill('10')
    await admin.fill({ Reason: 'the prices of this year' }, dialog)
    await admin.press('Preview the effect', dialog)
    await admin.sees('Nobody asked for the model in the last week.', dialog)
    await admin.press('Set the price', dialog)
    await admin.sees('The price is set.')
    await admin.page.getByRole('row').filter({ hasText: 'set here' }).getByText('$2').first().waitFor()
  })

  step('money is given to a user, whose request is answered and charged at that price', async () => {
    expect((await ask()).status).toBe(402)
    await admin.go('Users')
    await admin.page.getByRole('searchbox', { name: 'E-mail or id' }).fill('grace')
    await admin.page.getByRole('link', { name: 'Grace Hopper' }).click()
    await admin.press('Adjust the balance')
    const dialog = admin.dialog('Adjust the balance')
    await admin.fill({ 'Amount in USD': '5', Reason: 'welcome, ticket 42' }, dialog)
    await dialog.getByLabel('Kind').selectOption({ label: 'Promotional credit' })
    await admin.press('Adjust balance', dialog)
    await admin.sees('Balance adjusted')
    await admin.sees(/^\$5/)
    const answered = await ask()
    expect(answered.status).toBe(200)
    expect(answered.text).toContain(SAID)
    await admin.go('Users')
    await admin.page.getByRole('link', { name: 'Grace Hopper' }).click()
    await admin.sees('$4.996')
  })

  step('a pause is told by a signed message and by mail, and seen in the console', async () => {
    await admin.go('Alerts')
    await admin.page.getByRole('tab', { name: 'Rules', exact: true }).click()
    await admin.press('Create rule')
    const dialog = admin.dialog('Create rule')
    await admin.fill({ Name: 'Paused', Webhook: hook.url, 'E-mail': OPS }, dialog)
    await dialog.getByLabel('Kind').selectOption({ label: 'A provider is paused' })
    await admin.press('Create rule', dialog)
    const issued = admin.dialog('The secret of the webhook')
    const secret = (await issued.locator('code').first().textContent()) ?? ''
    await admin.press('I have copied it', issued)

    await admin.go('Providers')
    await admin.take('Actions for anthropic-main', 'Pause')
    const pausing = admin.dialog('Pause anthropic-main?')
    await admin.fill({ Reason: 'the invoice is unpaid' }, pausing)
    await admin.press('Pause', pausing)
    await admin.sees('The provider is paused.')
    await admin.page.getByRole('row', { name: /anthropic-main.*paused/ }).waitFor()

    const fired = await hook.next('alert.fired')
    expect(fired.json).toMatchObject({ subject: 'anthropic-main' })
    expect(fired.json.summary).toContain('the invoice is unpaid')
    expect(isSignedWith(secret, fired)).toBe(true)
    expect((await mailbox.next(OPS)).text).toContain('the invoice is unpaid')
    const refused = await ask()
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([429, 'provider_paused'])

    await admin.go('Overview')
    await admin.sees(/anthropic-main.*the invoice is unpaid/)
    await admin.go('Alerts')
    await admin.page.getByRole('button', { name: /^Acknowledge: .*anthropic-main/ }).click()
    await admin.page.getByRole('button', { name: /^Acknowledge: .*anthropic-main/ }).waitFor({ state: 'detached' })
  })

  step('resumed, the provider answers again, and the alert is over', async () => {
    await admin.go('Providers')
    await admin.take('Actions for anthropic-main', 'Resume')
    await admin.press('Resume', admin.dialog('Resume anthropic-main?'))
    await admin.sees('The provider is asked again.')
    expect((await ask()).status).toBe(200)
    expect((await hook.next('alert.resolved')).json.subject).toBe('anthropic-main')
    await admin.go('Alerts')
    await admin.page.getByLabel('State').selectOption({ label: 'over' })
    await admin.page.getByRole('row').filter({ hasText: 'the invoice is unpaid' }).getByText('over').first().waitFor()
  })

  step('the audit log says who gave what to whom, and why', async () => {
    await admin.go('Audit log')
    const row = admin.page.getByRole('row').filter({ hasText: 'ticket 42' })
    await row.getByRole('button').first().click()
    const entry = admin.page.getByRole('dialog')
    await admin.sees('welcome, ticket 42', entry)
    await admin.sees('admin_key', entry)
    await admin.press('Close', entry)
    for (const reason of ['the invoice is unpaid', 'the prices of this year'])
      await admin.page.getByRole('row').filter({ hasText: reason }).waitFor()
    expect(await admin.page.textContent('body')).not.toContain(VENDOR_KEY)
    await admin.go('Ledger')
    admin.complainsOfNothing()
  })
})
