import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { codeFor } from '../accounts/second-factor.ts'
import type { Gateway } from '../harness/gateway.ts'
import { openBrowser, settled } from './browser.ts'
import { fill, isAccessible, peopleOf, press, take } from './people.ts'
import { startWithConsole } from './stand.ts'

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

const {
  open,
  signIn,
  someone,
  operator,
  password: PASSWORD,
} = peopleOf(
  () => gateway,
  () => browser,
)

const signOut = async (page: Page): Promise<void> => {
  await take(page, 'Account', 'Sign out')
  await page.waitForURL(`${gateway.url}/`)
}

describe('a second factor', () => {
  test('is turned on by a picture, asked for at the next sign-in, and done without by a backup code', async () => {
    const { page, complaints } = await someone('Grace', '/console/settings')
    await press('Turn on the second factor', page)
    const dialog = page.getByRole('dialog')
    await fill({ 'Current password': PASSWORD }, dialog)
    await press('Go on', dialog)
    await dialog.getByRole('img', { name: /QR code/ }).waitFor()
    const uri = (await dialog.getByRole('link', { name: /Open it in an app/ }).getAttribute('href')) ?? ''
    // Under a name by which it is found in the app, among those of other gateways.
    const name = `Tollgate (${new URL(gateway.url).host})`
    expect(decodeURIComponent(new URL(uri).pathname)).toBe(`/${name}:grace@example.com`)
    expect(new URL(uri).searchParams.get('issuer')).toBe(name)
    await dialog.getByText(`The app calls it ${name}.`).waitFor()
    await isAccessible(page)
    await fill({ 'Code of the app': '000000' }, dialog)
    await press('Confirm', dialog)
    await dialog.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await fill({ 'Code of the app': codeFor(uri) }, dialog)
    await press('Confirm', dialog)
    await dialog.getByRole('listitem').first().waitFor()
    const codes = await dialog.getByRole('list', { name: 'Backup codes' }).getByRole('listitem').allInnerTexts()
    expect(codes.length).toBeGreaterThan(5)
    await isAccessible(page)
    const [saved] = await Promise.all([page.waitForEvent('download'), press('Save as a file', dialog)])
    expect(saved.suggestedFilename()).toBe('tollgate-backup-codes.txt')
    await press('Copy the codes', dialog)
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${codes.join('\n')}\n`)
    // What is shown once is not put away by a slip.
    await page.keyboard.press('Escape')
    await press('I have kept them', dialog)
    await page.getByRole('button', { name: 'Turn off the second factor' }).waitFor()

    await signOut(page)
    await signIn(page, 'grace@example.com', '/console/settings')
    await page.getByLabel('Code').waitFor()
    expect(await page.getByLabel('Code').evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.getByText('You run this gateway').count()).toBe(0)
    await isAccessible(page)
    await fill({ Code: codeFor(uri) }, page)
    await press('Sign in', page)
    await page.waitForURL(`${gateway.url}/console/settings`)

    await signOut(page)
    await signIn(page, 'grace@example.com', '/console/settings')
    await fill({ Code: codes[0] ?? '' }, page)
    await press('Sign in', page)
    await page.waitForURL(`${gateway.url}/console/settings`)

    await press('Create new backup codes', page)
    await fill({ 'Current password': PASSWORD }, page.getByRole('dialog'))
    await press('Create codes', page.getByRole('dialog'))
    await page.getByRole('dialog').getByRole('listitem').first().waitFor()
    const renewed = page.getByRole('dialog').getByRole('list', { name: 'Backup codes' })
    expect(await renewed.getByRole('listitem').allInnerTexts()).not.toEqual(codes)
    await press('I have kept them', page.getByRole('dialog'))

    await press('Turn off the second factor', page)
    await fill({ 'Current password': PASSWORD }, page.getByRole('dialog'))
    await press('Turn it off', page.getByRole('dialog'))
    await page.getByRole('button', { name: 'Turn on the second factor' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('is not turned on by somebody who thinks better of it, at either step', async () => {
    const { page } = await someone('Hedy', '/console/settings')
    const dialog = page.getByRole('dialog')
    await press('Turn on the second factor', page)
    await press('Cancel', dialog)
    await dialog.waitFor({ state: 'hidden' })
    await press('Turn on the second factor', page)
    await press('Go on', dialog)
    await dialog.getByText('This is needed.').or(dialog.locator('[aria-invalid="true"]')).first().waitFor()
    await fill({ 'Current password': PASSWORD }, dialog)
    await press('Go on', dialog)
    await dialog.getByRole('img', { name: /QR code/ }).waitFor()
    await press('Cancel', dialog)
    await dialog.waitFor({ state: 'hidden' })
    await page.reload()
    await page.getByRole('button', { name: 'Turn on the second factor' }).waitFor()
  })
})

describe('a person', () => {
  test('changes their name, and ends their other sessions', async () => {
    const { page, complaints } = await someone('Edsger', '/console/settings')
    const other = await (await browser.newContext()).newPage()
    await signIn(other, 'edsger@example.com', '/console/settings')
    await other.waitForURL(`${gateway.url}/console/settings`)
    await page.reload()
    await settled(page)
    expect(await page.getByText('this one').count()).toBe(1)
    await page.getByRole('columnheader', { name: 'Last used' }).waitFor()
    // Without mail nobody proves another address by themselves.
    await page.getByText('This gateway sends no mail: ask whoever runs it to change it.').waitFor()
    expect(await page.getByRole('button', { name: 'Change the address' }).count()).toBe(0)
    await fill({ Name: 'Edsger W.' }, page)
    await press('Save', page)
    await page.getByText('Your name is saved').waitFor()
    await press('End all others', page)
    await page.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' })
    await other.reload()
    await other.waitForURL(/\/login/)
    await isAccessible(page)
    expect(complaints).toEqual([])
  })

  test('sees times in UTC, and the console in another language, when they prefer that', async () => {
    const { page } = await someone('Barbara', '/console/settings?tab=preferences')
    await page.getByRole('radio', { name: 'UTC', exact: true }).check()
    await page.getByText(/UTC$/).last().waitFor()
    await page.getByLabel('Dark').check()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    await isAccessible(page)
    await page.getByRole('combobox', { name: 'Language' }).selectOption('vi')
    await page.getByRole('heading', { level: 1, name: 'Cài đặt' }).waitFor()
    await open(page, '/console/settings')
    await page.getByRole('table').getByText(/UTC/).first().waitFor()
  })
})

describe('an organisation', () => {
  test('invites somebody, who accepts, may only what their role may, and is told why', async () => {
    const ada = await someone('Ada', '/console/settings?tab=organisation')
    await press('Invite somebody', ada.page)
    const dialog = ada.page.getByRole('dialog')
    await fill({ 'E-mail address': 'bob@example.com' }, dialog)
    await dialog.getByLabel('Role').selectOption('viewer')
    await isAccessible(ada.page)
    await press('Invite', dialog)
    const link = await dialog.locator('code').innerText()
    expect(link).toContain('/invite/')
    await isAccessible(ada.page)
    await press('I have copied it', dialog)
    await ada.page.getByRole('rowheader', { name: 'bob@example.com' }).waitFor()

    const bob = await someone('Bob', new URL(link).pathname)
    await bob.page.getByText('bob@example.com is invited to').waitFor()
    await isAccessible(bob.page)
    await press('Accept', bob.page)
    await bob.page.waitForURL(`${gateway.url}/console`)
    await open(bob.page, '/console/settings?tab=organisation')
    await bob.page
      .getByText(/Your role \(viewer\) may not change members/)
      .first()
      .waitFor()
    expect(await bob.page.getByRole('button', { name: 'Invite somebody' }).isDisabled()).toBe(true)
    expect(await bob.page.getByLabel('Role of Ada').isDisabled()).toBe(true)
    expect(await bob.page.getByLabel('Name').isDisabled()).toBe(true)
    await isAccessible(bob.page)
    await bob.page.getByRole('tab', { name: 'Audit log' }).click()
    await bob.page.getByText(/may not change the organisation/).waitFor()

    await ada.page.reload()
    await settled(ada.page)
    await ada.page.getByLabel('Role of Bob').selectOption('developer')
    await ada.page.getByText('Bob has another role').waitFor()
    await bob.page.reload()
    await bob.page.getByRole('tab', { name: 'Organisation' }).click()
    await bob.page.getByText('developer', { exact: true }).first().waitFor()
    await ada.page.getByRole('tab', { name: 'Audit log' }).click()
    await ada.page.getByRole('button', { name: 'Change role of a member' }).click()
    await ada.page.getByRole('dialog', { name: 'Change role of a member' }).waitFor()
    await isAccessible(ada.page)
    await ada.page.keyboard.press('Escape')

    await bob.page.getByRole('button', { name: /^Leave/ }).click()
    await press('Leave', bob.page.getByRole('dialog'))
    await bob.page
      .getByRole('button', { name: /^Leave/ })
      .and(bob.page.locator(':disabled'))
      .waitFor()
    await bob.page.getByLabel('Role of Ada').waitFor({ state: 'detached' })
    expect(ada.complaints).toEqual([])
    expect(bob.complaints).toEqual([])
  })

  test('is made beside another, switched to and from, handed over, and ended by its name', async () => {
    const { page, complaints } = await someone('Donald', '/console/settings?tab=organisation')
    await press('Create organisation', page)
    await fill({ Name: 'Typesetting' }, page.getByRole('dialog'))
    await press('Create organisation', page.getByRole('dialog'))
    await page.getByRole('button', { name: 'End Typesetting' }).waitFor()
    expect(await page.getByRole('button', { name: 'Leave Typesetting' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: /^Switch to / }).click()
    await page.getByRole('button', { name: 'Switch to Typesetting' }).click()
    await press('End Typesetting', page)
    const dialog = page.getByRole('dialog')
    await press('End it', dialog)
    await dialog.getByText('This is not its name.').waitFor()
    await isAccessible(page)
    await fill({ 'Type its name': 'Typesetting' }, dialog)
    await press('End it', dialog)
    await page.getByRole('button', { name: 'End Typesetting' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^End / }).waitFor()
    expect(complaints).toEqual([])
  })

  test('is looked at by an administrator under its own name, who may change nothing and is told so', async () => {
    const { page: hers } = await someone('Mary', '/console/settings?tab=organisation')
    const id = await hers.locator('code', { hasText: /^user_/ }).innerText()
    const { page, complaints } = await operator(`/admin/users/${id}`)
    await page.request.post(`${gateway.url}/api/admin/users/${id}/impersonate`, {
      headers: { 'x-tollgate-console': '1', origin: gateway.url },
      data: { reason: 'looks at what Mary sees' },
    })
    await open(page, '/console/settings?tab=organisation')
    await page
      .getByText(/You look at this organisation as an administrator/)
      .first()
      .waitFor()
    await page.getByRole('rowheader', { name: /^Mary/ }).waitFor()
    expect(await page.getByRole('button', { name: 'Invite somebody' }).isDisabled()).toBe(true)
    await page.getByRole('tab', { name: 'Audit log' }).click()
    await page.getByRole('table').waitFor()
    await isAccessible(page)
    expect(complaints).toEqual([])
  })
})

test('a key that was made in this tab stands in the examples of the documentation, until the tab is loaded again', async () => {
  const { page, complaints } = await someone('Margaret', '/console/keys')
  await page.getByRole('button', { name: 'Create key', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await fill({ Name: 'laptop' }, dialog)
  await press('Create key', dialog)
  const secret = await dialog
    .locator('code', { hasText: /^sk-tg-/ })
    .first()
    .innerText()
  await press('I have copied it', dialog)
  await take(page, 'Account', 'Documentation')
  await page.waitForURL(/\/docs/)
  await page
    .getByRole('link', { name: /quick ?start/i })
    .first()
    .click()
  await page.getByRole('main').getByText(secret).first().waitFor()
  await page.reload()
  await settled(page)
  expect(await page.getByRole('main').innerText()).not.toContain(secret)
  expect(complaints).toEqual([])
})
