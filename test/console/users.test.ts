import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { codeFor } from '../accounts/second-factor.ts'
import type { Gateway } from '../harness/gateway.ts'
import { openBrowser, settled } from './browser.ts'
import { fill, isAccessible, peopleOf, press } from './people.ts'
import { startWithConsole } from './stand.ts'

/// What an administrator sees of accounts and people, and does for people who cannot sign in.

let gateway: Gateway
let browser: Browser
beforeAll(async () => {
  gateway = await startWithConsole({ config: { accounts: { sign_up: 'open', sign_in: { per_address: 1_000 } } } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const { open, signIn, someone, operator, password } = peopleOf(
  () => gateway,
  () => browser,
)

describe('accounts', () => {
  test('of the operator is called so, and a credit line is no balance of it', async () => {
    const { page, complaints } = await operator('/admin/users')
    await page.getByRole('link', { name: 'Operator', exact: true }).waitFor()
    expect(await page.getByText('.invalid').count()).toBe(0)
    expect(await page.getByText('1,000,000,000').count()).toBe(0)
    await isAccessible(page)
    await page.getByRole('link', { name: 'Operator', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Operator' }).waitFor()
    await page.getByText('Credit line', { exact: true }).waitFor()
    await page.getByText('Whoever enters the admin key acts for it.').waitFor()
    expect(await page.getByText('.invalid').count()).toBe(0)
    await isAccessible(page)
    await press('Adjust the balance', page)
    await page.getByRole('dialog').getByText('The customer sees it beside the posting.').waitFor()
    await page.getByRole('dialog').getByText('Below zero takes away, for example -2.50.').waitFor()
    await open(page, '/console/billing')
    await page.getByText('Credit line', { exact: true }).waitFor()
    expect(await page.getByText('Available', { exact: true }).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('name the people who act for them, each with a page', async () => {
    const { page: hers } = await someone('Mary', '/console/settings?tab=organisation')
    const id = await hers.locator('code', { hasText: /^user_/ }).innerText()
    const { page, complaints } = await operator(`/admin/users/${id}`)
    await page.getByRole('heading', { level: 1, name: 'Mary' }).waitFor()
    await page.getByRole('rowheader', { name: /Mary/ }).getByRole('link').click()
    await page.waitForURL(/\/admin\/people\/person_/)
    await page.getByRole('heading', { level: 1, name: 'Mary' }).waitFor()
    await page.getByText('mary@example.com').first().waitFor()
    await isAccessible(page)
    expect(complaints).toEqual([])
  })
})

describe('money', () => {
  test.each([
    ['en', 'Adjust the balance', 'At most $12.50 can be taken away', '70% off', '70% off every price'],
    ['zh-CN', '调整余额', '最多可扣除 $12.50', '减 70%', '所有价格减 70%'],
    ['vi', 'Điều chỉnh số dư', 'Có thể lấy bớt nhiều nhất', 'Giảm 70%', 'Giảm 70% mọi giá'],
  ])('is said in %s so that nobody reads the contrary', async (language, adjust, most, off, offEvery) => {
    const { userId } = await gateway.createCustomer('12.5')
    await gateway.call('POST', '/api/admin/plans', { id: 'gold', discount: '0.7', price_usd: '5' })
    const { page, complaints } = await operator('/admin')
    await page.addInitScript((wanted) => localStorage.setItem('tollgate.language', wanted), language)
    await open(page, `/admin/users/${userId}`)
    await press(adjust, page)
    await page.getByRole('dialog').getByText(most).waitFor()
    await open(page, '/admin/plans')
    await page.getByRole('cell', { name: off, exact: true }).waitFor()
    await isAccessible(page)
    await open(page, '/console/billing')
    await page.getByText(offEvery, { exact: true }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe('people', () => {
  test('are all there, also who never signed in; and are invited', async () => {
    await fetch(`${gateway.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'x-tollgate-console': '1', origin: gateway.url, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Never', email: 'never@example.com', password }),
    })
    const { page, complaints } = await operator('/admin/users')
    await page.getByRole('tab', { name: 'People' }).click()
    await page.getByRole('rowheader', { name: /Never/ }).waitFor()
    await page.getByText('never signed in, or in no organisation').first().waitFor()
    await isAccessible(page)
    await press('Invite somebody', page)
    const dialog = page.getByRole('dialog')
    await fill({ 'E-mail': 'invited@example.com' }, dialog)
    await press('Invite', dialog)
    expect(await dialog.locator('code').innerText()).toContain('/invite/')
    await isAccessible(page)
    await press('I have copied it', dialog)
    await page.getByRole('rowheader', { name: 'invited@example.com' }).waitFor()
    await page.getByRole('button', { name: 'Take back the invitation for invited@example.com' }).click()
    await press('Take back', dialog)
    await page.getByRole('rowheader', { name: 'invited@example.com' }).waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('get back in without mail: by a link, another address, and without the second factor', async () => {
    const grace = await someone('Grace', '/console/settings')
    await press('Turn on the second factor', grace.page)
    const window = grace.page.getByRole('dialog')
    await fill({ 'Current password': password }, window)
    await press('Go on', window)
    const uri = (await window.getByRole('link', { name: /Open it in an app/ }).getAttribute('href')) ?? ''
    await fill({ 'Code of the app': codeFor(uri) }, window)
    await press('Confirm', window)
    await press('I have kept them', window)

    const { page, complaints } = await operator('/admin/users?tab=people&q=grace')
    await page.getByRole('rowheader', { name: /Grace/ }).getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'Grace' }).waitFor()
    const dialog = page.getByRole('dialog')
    await press('Reset the second factor', page)
    await isAccessible(page)
    await press('Reset the second factor', dialog)
    await page.getByText('The second factor is reset').waitFor()
    await page.getByRole('button', { name: 'Reset the second factor' }).waitFor({ state: 'detached' })

    await press('Confirm the address', page)
    await dialog.getByText(/grace@example.com belongs to Grace/).waitFor()
    await press('Confirm the address', dialog)
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Confirm the address' }).waitFor({ state: 'detached' })

    await press('Change the address', page)
    await fill({ 'E-mail address': 'hopper@example.com' }, dialog)
    await isAccessible(page)
    await press('Save', dialog)
    await page.getByText('hopper@example.com').first().waitFor()

    await press('Password link', page)
    await press('Create the link', dialog)
    const link = await dialog.locator('code').innerText()
    await isAccessible(page)
    await press('I have copied it', dialog)

    await open(grace.page, new URL(link).pathname + new URL(link).search)
    await fill({ 'New password': 'another long passphrase' }, grace.page)
    await press('Set the password', grace.page)
    await grace.page.getByText('The password is set').waitFor()
    await open(grace.page, '/login?next=/console/settings')
    await fill({ 'E-mail address': 'hopper@example.com', Password: 'another long passphrase' }, grace.page)
    await press('Sign in', grace.page)
    await grace.page.waitForURL(`${gateway.url}/console/settings`)
    expect(complaints).toEqual([])
  })

  test('are seen where they are signed in, signed out there, disabled and enabled again', async () => {
    const alan = await someone('Alan', '/console/settings')
    const { page, complaints } = await operator('/admin/users?tab=people&q=alan')
    await page.getByRole('rowheader', { name: /Alan/ }).getByRole('link').click()
    await page.getByRole('rowheader', { name: /Chrome on/ }).waitFor()
    await press('End all sessions', page)
    const dialog = page.getByRole('dialog')
    await press('End all sessions', dialog)
    await page.getByText('Signed in nowhere').waitFor()
    await alan.page.reload()
    await alan.page.waitForURL(/\/login/)
    await signIn(alan.page, 'alan@example.com', '/console/settings')
    await alan.page.waitForURL(`${gateway.url}/console/settings`)

    await press('Disable', page)
    await dialog.getByText(/so do the keys of these/).waitFor()
    await fill({ Reason: 'left the company' }, dialog)
    await isAccessible(page)
    await press('Disable', dialog)
    await page.getByRole('button', { name: 'Enable', exact: true }).waitFor()
    await alan.page.reload()
    await alan.page.waitForURL(/\/login/)
    await settled(page)
    await press('Enable', page)
    await press('Enable', dialog)
    await page.getByRole('button', { name: 'Disable', exact: true }).waitFor()
    await signIn(alan.page, 'alan@example.com', '/console/settings')
    await alan.page.waitForURL(`${gateway.url}/console/settings`)
    await page.getByRole('link', { name: 'What was done to them' }).click()
    await page.getByRole('table').getByText('left the company').waitFor()
    expect(complaints).toEqual([])
  })

  test('may not see any of it, unless they are administrators', async () => {
    const { page } = await someone('Bob', '/console')
    for (const path of ['/admin/users?tab=people', '/admin/people/person_1']) {
      await page.goto(`${gateway.url}${path}`)
      await settled(page)
      expect(await page.getByRole('table').count()).toBe(0)
    }
  })
})
