import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { violationsOf } from './axe.ts'
import { openBrowser, settled } from './browser.ts'
import { startWithConsole } from './stand.ts'

const PASSWORD = 'a long enough passphrase'

let gateway: Gateway
let browser: Browser
beforeAll(async () => {
  gateway = await startWithConsole({ config: { accounts: { sign_up: 'open' } } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** A browser that knows nobody yet. */
const freshPage = async (path: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${gateway.url}${path}`)
  await settled(page)
  return page
}

const fill = async (page: Page, values: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value)
}

describe('signing in', () => {
  test('with the admin key leads to the administration, and a wrong one says so', async () => {
    const page = await freshPage('/login')
    await fill(page, { 'Admin key': 'not-the-admin-key-0123456789abcdef' })
    await page.getByRole('button', { name: 'Enter the administration' }).click()
    await page.getByRole('alert').first().waitFor()
    await fill(page, { 'Admin key': gateway.adminKey })
    await page.getByRole('button', { name: 'Enter the administration' }).click()
    await page.waitForURL(`${gateway.url}/admin`)
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/admin')
  })

  test('somebody makes an account, signs in, and is where they wanted to go', async () => {
    const page = await freshPage('/signup')
    await fill(page, { Name: 'Ada', 'E-mail address': 'ada@example.com', Password: PASSWORD })
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL(`${gateway.url}/console`)
    await page.context().clearCookies()
    await page.goto(`${gateway.url}/login?next=/console/billing`)
    await fill(page, { 'E-mail address': 'ada@example.com', Password: PASSWORD })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${gateway.url}/console/billing`)
    await page.goto(`${gateway.url}/console/settings`)
    await page.getByText('ada@example.com').first().waitFor()
    await page.getByText('this one').waitFor()
    await page.getByRole('tab', { name: 'Organisation' }).click()
    await page.getByRole('cell', { name: 'ada@example.com' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
  })

  test('somebody who is invited makes an account, is led back to the invitation, and is a member', async () => {
    const inviter = await freshPage('/login?next=/console/settings?tab=organisation')
    await fill(inviter, { 'E-mail address': 'ada@example.com', Password: PASSWORD })
    await inviter.getByRole('button', { name: 'Sign in', exact: true }).click()
    await inviter.getByRole('button', { name: 'Invite somebody' }).click()
    const dialog = inviter.getByRole('dialog')
    await dialog.getByLabel('E-mail address').fill('grace@example.com')
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click()
    const link = new URL(await dialog.locator('code').innerText())

    const page = await freshPage(link.pathname)
    await page.getByRole('link', { name: 'Create account' }).click()
    await page.waitForURL(/\/signup/)
    await fill(page, { Name: 'Grace', 'E-mail address': 'grace@example.com', Password: PASSWORD })
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL((url) => url.pathname === link.pathname)
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.waitForURL(`${gateway.url}/console`)
    const session = await (await page.request.get(`${gateway.url}/api/session`)).json()
    expect(session.organisations.map(({ role }: { role: string }) => role)).toEqual(['owner', 'developer'])
  })

  test('whoever asks for an account that is there is told to sign in, with the address filled in', async () => {
    const page = await freshPage('/signup?next=/console/keys')
    await fill(page, { Name: 'Ada', 'E-mail address': 'ada@example.com', Password: 'another long passphrase' })
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL(/\/login\?/)
    await page.getByRole('status').filter({ hasText: 'Sign in with it' }).waitFor()
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('ada@example.com')
    await fill(page, { Password: PASSWORD })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${gateway.url}/console/keys`)
    expect(new URL(page.url()).search).toBe('')
  })

  test('leads to no other site', async () => {
    const page = await freshPage('/login?next=https://example.com/')
    await fill(page, { 'E-mail address': 'ada@example.com', Password: PASSWORD })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${gateway.url}/console`)
    expect(new URL(page.url()).origin).toBe(gateway.url)
  })
})
