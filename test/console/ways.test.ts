import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { type Mailbox, openMailbox } from '../accounts/mailbox.ts'
import { type OidcServer, startOidc } from '../accounts/oidc-server.ts'
import type { Gateway } from '../harness/gateway.ts'
import { freePort } from '../harness/server-process.ts'
import { openBrowser, settled } from './browser.ts'
import { fill, isAccessible, peopleOf, press } from './people.ts'
import { startWithConsole } from './stand.ts'

/// By what people sign in, and with which address, where mail is sent and there is another place to sign in at.

let mailbox: Mailbox
let oidc: OidcServer
let gateway: Gateway
let browser: Browser
beforeAll(async () => {
  mailbox = await openMailbox()
  oidc = await startOidc()
  const port = await freePort()
  const client = { client_id: oidc.clientId, client_secret: oidc.clientSecret }
  gateway = await startWithConsole({
    config: {
      accounts: { sign_up: 'open', oidc: [{ id: 'house', name: 'The house', issuer: oidc.issuer, ...client }] },
      mail: { from: 'Tollgate <tollgate@example.com>', smtp_url: mailbox.url },
      ...{ public_url: `http://127.0.0.1:${port}`, listen: { host: '127.0.0.1', port } },
    },
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await oidc.stop()
  await mailbox.stop()
})

const people = peopleOf(
  () => gateway,
  () => browser,
)

/** Signed up, proven by the link of the message, and on the page. */
const proven = async (name: string) => {
  const email = `${name.toLowerCase()}@example.com`
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(20_000)
  await page.request.post(`${gateway.url}/api/auth/sign-up/email`, {
    data: { name, email, password: people.password },
    headers: { 'x-tollgate-console': '1', origin: gateway.url },
  })
  const link = await mailbox.link(email, '/verify')
  await people.open(page, link.pathname + link.search)
  await page.getByText('Your address is confirmed.').waitFor()
  await people.signIn(page, email, '/console/settings')
  await page.waitForURL(`${gateway.url}/console/settings`)
  await settled(page)
  return page
}

describe('an address', () => {
  test('is changed by the link that is sent to the new one, where whoever asked for it is signed in', async () => {
    const page = await proven('Ada')
    await press('Change the address', page)
    const dialog = page.getByRole('dialog')
    await fill({ 'New address': 'lovelace@example.com', 'Current password': 'not the right one' }, dialog)
    await press('Send the link', dialog)
    await dialog.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await fill({ 'Current password': people.password }, dialog)
    await isAccessible(page)
    await press('Send the link', dialog)
    await dialog.getByText('Look into the mail of lovelace@example.com').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    const link = await mailbox.link('lovelace@example.com', '/verify')

    const stranger = await (await browser.newContext()).newPage()
    await people.open(stranger, link.pathname + link.search)
    await stranger.getByText('Sign in with the account that asked for this').waitFor()
    await isAccessible(stranger)
    const back = await stranger.getByRole('main').getByRole('link', { name: 'Sign in' }).getAttribute('href')
    expect(new URL(back ?? '', gateway.url).searchParams.get('next')).toContain('/verify?change=')

    await people.open(page, link.pathname + link.search)
    await page.getByText('From then on you sign in with lovelace@example.com instead.').waitFor()
    await isAccessible(page)
    await press('Use the new address', page)
    await page.getByText('You sign in with the new address from now on.').waitFor()
    // Opened again, the link says so, and asks for nothing.
    await people.open(page, link.pathname + link.search)
    await page.getByText('You sign in with lovelace@example.com already.').waitFor()
    expect(await page.getByRole('button', { name: 'Use the new address' }).count()).toBe(0)
    await isAccessible(page)
    await people.open(page, '/console/settings')
    await page.getByText('lovelace@example.com').first().waitFor()
    expect((await mailbox.next('ada@example.com')).text).toContain('lovelace@example.com')
  })

  test('of another is not confirmed by a link that was sent for somebody else’s account', async () => {
    const mallory = await proven('Mallory')
    await press('Change the address', mallory)
    const dialog = mallory.getByRole('dialog')
    await fill({ 'New address': 'target@example.com', 'Current password': people.password }, dialog)
    await press('Send the link', dialog)
    const link = await mailbox.link('target@example.com', '/verify')
    const bystander = await proven('Bystander')
    await people.open(bystander, link.pathname + link.search)
    await press('Use the new address', bystander)
    await bystander.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await isAccessible(bystander)
  })
})

describe('a place to sign in at', () => {
  test('is linked and unlinked, the last way is not, and a refusal is explained', async () => {
    const page = await proven('Carol')
    await page.getByRole('heading', { name: 'Ways to sign in' }).waitFor()
    await isAccessible(page)
    // The place sends the browser back at once, as where somebody is signed in already.
    const link = () => page.getByRole('button', { name: 'Link The house', exact: true }).click()
    oidc.subject = { sub: 'of-carol', email: 'other@example.com', email_verified: true, name: 'Carol' }
    await link()
    await page.getByText('It was not linked. The account there has to have the address carol@example.com').waitFor()
    await isAccessible(page)
    oidc.subject = { sub: 'of-carol', email: 'carol@example.com', email_verified: true, name: 'Carol' }
    await link()
    await page.getByRole('button', { name: 'Unlink The house' }).click()
    const dialog = page.getByRole('dialog')
    await isAccessible(page)
    await press('Unlink', dialog)
    await page.getByText('The house is unlinked').waitFor()
    await page.getByRole('button', { name: 'Link The house', exact: true }).waitFor()
  })
})
