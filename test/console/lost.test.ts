import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { openBrowser, settled } from './browser.ts'
import { fill, peopleOf, press, take } from './people.ts'
import { startWithConsole } from './stand.ts'

/// What somebody wrote, and what they gave up: neither is lost, and neither is done behind their back.

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
const { operator, someone, signIn, password } = peopleOf(
  () => gateway,
  () => browser,
)

const dialogOf = (page: Page): Locator => page.getByRole('dialog').first()
const closed = (page: Page): Promise<void> => page.locator('dialog[open]').first().waitFor({ state: 'hidden' })
const discard = async (page: Page): Promise<void> => {
  await press('Discard', page.getByRole('dialog', { name: 'Discard what you entered?' }))
  await closed(page)
}
const openCreation = (page: Page): Promise<void> =>
  page.getByRole('main').getByRole('button', { name: 'Create key', exact: true }).first().click()
const keyNames = async (page: Page): Promise<readonly string[]> => {
  const answer = await (await page.request.get(`${gateway.url}/api/me/keys`)).json()
  return answer.data.map(({ name }: { name: string }) => name)
}
/** Whatever waited for the network is under way by the time the page has read something anew. */
const online = async (page: Page, path: string): Promise<void> => {
  const read = page.waitForResponse((response) => new URL(response.url()).pathname.startsWith(path))
  await page.context().setOffline(false)
  await read
}

describe('without a network', () => {
  test('what was to be posted is refused at once, never posted later, and posted once when it is tried again', async () => {
    const id = await gateway.createUser('offline@example.com')
    const { page } = await operator(`/admin/users/${id}`)
    const dialog = dialogOf(page)
    const write = async (): Promise<void> => {
      await press('Adjust the balance', page)
      await fill({ Amount: '7', Reason: 'Written offline' }, dialog)
    }
    await write()
    await page.context().setOffline(true)
    await press('Adjust balance', dialog)
    await dialog.getByText('The gateway did not answer').waitFor()
    await press('Cancel', dialog)
    await discard(page)
    await online(page, '/api/admin/users')
    expect((await gateway.balance(id)).posted_usd).toBe('0.000000000')

    await write()
    await page.context().setOffline(true)
    await press('Adjust balance', dialog)
    await dialog.getByText('The gateway did not answer').waitFor()
    await page.context().setOffline(false)
    await press('Adjust balance', dialog)
    await closed(page)
    expect((await gateway.balance(id)).posted_usd).toBe('7.000000000')
    await page.context().close()
  })

  test('no key is made whose secret nobody sees', async () => {
    const { page } = await someone('Olga', '/console/keys')
    const dialog = dialogOf(page)
    await openCreation(page)
    await fill({ Name: 'ghost' }, dialog)
    await page.context().setOffline(true)
    await press('Create key', dialog)
    await dialog.getByText('The gateway did not answer').waitFor()
    await press('Cancel', dialog)
    await discard(page)
    await online(page, '/api/me/keys')
    expect(await keyNames(page)).toEqual([])
    await page.context().close()
  })

  test('a gateway that answers all the same is read, and nobody is told that it does not', async () => {
    const { page } = await someone('Loretta', '/console')
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'onLine', { get: () => false })
      dispatchEvent(new Event('offline'))
    })
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await settled(page)
    await page
      .getByText('No keys yet')
      .or(page.getByRole('button', { name: 'Create key' }))
      .first()
      .waitFor()
    await openCreation(page)
    await fill({ Name: 'on this machine' }, dialogOf(page))
    await press('Create key', dialogOf(page))
    await dialogOf(page).getByText(/sk-/).first().waitFor()
    expect(await page.getByText('You are offline').count()).toBe(0)
    await page.context().close()
  })

  test('a page that was not loaded yet says so, and is there by itself with the next answer', async () => {
    const { page } = await someone('Paula', '/console')
    await page.evaluate(() => Object.assign(window, { isSame: true }))
    await page.context().setOffline(true)
    await page.getByText('You are offline').waitFor()
    await page.getByRole('link', { name: 'Usage' }).first().click()
    await page.getByText('This page could not be loaded').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor()
    await settled(page)
    expect(await page.getByText('You are offline').count()).toBe(0)
    expect(await page.evaluate(() => 'isSame' in window)).toBe(true)
    await page.context().close()
  })

  test('a page that could not be read says so, and reads it by itself with the next answer', async () => {
    const { page } = await someone('Petra', '/console')
    await page.getByRole('link', { name: 'Billing' }).first().click()
    await settled(page)
    await page.getByRole('link', { name: 'Home' }).first().click()
    await settled(page)
    await page.route('**/api/**', (route) => route.abort())
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await page.getByRole('alert').filter({ hasText: 'The gateway does not answer' }).first().waitFor()
    await page.unroute('**/api/**')
    await page.getByText('The gateway does not answer').first().waitFor({ state: 'detached' })
    await settled(page)
    await page.context().close()
  })
})

describe('what one call does not answer is said, and does not go on loading', () => {
  test.each([
    ['/console/billing', '**/api/me/invoices*'],
    ['/console/settings', '**/api/auth/list-sessions*'],
  ])('on %s', async (path, call) => {
    const { page } = await someone(`Ilse${path.length}`, '/console')
    await page.route(call, (route) => route.abort())
    await page.goto(gateway.url + path)
    await page.getByRole('alert').filter({ hasText: 'The gateway does not answer' }).first().waitFor()
    // Whatever else is answered meanwhile.
    for (let looks = 0; looks < 5; looks++) {
      await page.request.get(`${gateway.url}/api/session`)
      expect(await page.getByRole('alert').filter({ hasText: 'The gateway does not answer' }).count()).toBeGreaterThan(
        0,
      )
    }
    await page.context().close()
  })
})

describe('a window in which something was entered', () => {
  const RULE = { name: 'mine', when: { models: ['a'], hours: '22:00-06:00' }, do: { refuse: 'No.' } }

  const WAYS: readonly (readonly [string, (page: Page, dialog: Locator) => Promise<void>])[] = [
    ['typing', (_, dialog) => fill({ Name: 'typed' }, dialog)],
    [
      'typing, then looking at another tab',
      async (_, dialog) => {
        await fill({ Name: 'typed' }, dialog)
        await dialog.getByRole('tab', { name: 'JSON' }).click()
      },
    ],
    [
      'typing in another tab, then coming back',
      async (_, dialog) => {
        await dialog.getByRole('tab', { name: 'JSON' }).click()
        const text = dialog.getByLabel('The rule', { exact: true })
        await text.fill((await text.inputValue()).replace('mine', 'yours'))
        await dialog.getByRole('tab', { name: 'Form' }).click()
      },
    ],
    [
      'removing a row',
      (_, dialog) =>
        dialog
          .getByRole('button', { name: /^Remove.*1/ })
          .first()
          .click(),
    ],
    [
      'adding a row and removing it',
      async (_, dialog) => {
        await press('Add a condition', dialog)
        await dialog.getByRole('button', { name: /^Remove.*3/ }).click()
      },
    ],
  ]

  beforeAll(async () => {
    await gateway.call('POST', '/api/admin/groups', { id: 'ruled', rules: [RULE] })
  })

  const edit = async (): Promise<Page> => {
    const { page } = await operator('/admin/rules?group=ruled')
    await take(page, 'Actions for mine', 'Edit')
    await dialogOf(page).getByLabel('Name', { exact: true }).waitFor()
    return page
  }

  test.each(WAYS)('by %s asks before it goes, by Escape, its cross and Cancel', async (_, enter) => {
    const page = await edit()
    const dialog = dialogOf(page)
    await enter(page, dialog)
    const question = page.getByRole('dialog', { name: 'Discard what you entered?' })
    for (const leave of [
      () => page.keyboard.press('Escape'),
      () => press('Close', dialog),
      () => press('Cancel', dialog),
    ]) {
      await leave()
      await question.waitFor()
      await press('Cancel', question)
      await question.waitFor({ state: 'hidden' })
    }
    await press('Cancel', dialog)
    await discard(page)
    await page.context().close()
  })

  test('is left at once where nothing was, though its tabs and menus were looked at', async () => {
    const page = await edit()
    const dialog = dialogOf(page)
    await dialog.getByRole('tab', { name: 'JSON' }).click()
    await dialog.getByRole('tab', { name: 'Form' }).click()
    await press('Cancel', dialog)
    await closed(page)
    await page.context().close()
  })
})

describe('somebody whose session has ended', () => {
  test.each([
    ['en-GB', 'Your session has ended. Sign in again.'],
    ['zh-CN', '您的会话已结束。请重新登录。'],
    ['vi', 'Phiên của bạn đã kết thúc. Hãy đăng nhập lại.'],
  ])('while they fill in a form is told so (%s), and is back after signing in', async (locale, said) => {
    const name = `Ende${locale.slice(0, 2)}`
    const { page } = await someone(name, '/console/keys')
    const people = (await gateway.call('GET', '/api/admin/people')).body as { data: { id: string; email: string }[] }
    const id = people.data.find(({ email }) => email === `${name.toLowerCase()}@example.com`)?.id ?? ''
    await openCreation(page)
    await fill({ Name: 'written' }, dialogOf(page))
    await page.evaluate((language) => localStorage.setItem('tollgate.language', language), locale.replace('-GB', ''))
    await gateway.call('DELETE', `/api/admin/people/${id}/sessions`)
    await press('Create key', dialogOf(page))
    await page.waitForURL(/\/login\?/)
    await page.reload()
    await page.getByRole('status').filter({ hasText: said }).waitFor()
    await page.evaluate(() => localStorage.setItem('tollgate.language', 'en'))
    await page.reload()
    await fill({ 'E-mail address': `${name.toLowerCase()}@example.com`, Password: password }, page)
    await press('Sign in', page)
    await page.waitForURL((url) => url.pathname === '/console/keys')
    await page.context().close()
  })

  test('by signing out is told nothing', async () => {
    const { page } = await someone('Exit', '/console')
    await take(page, 'Account', 'Sign out')
    await page.waitForURL(`${gateway.url}/`)
    await page.getByRole('link', { name: 'Sign in' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    expect(await page.getByText('Your session has ended').count()).toBe(0)
    await page.context().close()
  })
})

test('a page that was drawn for one person changes nothing of another, who signed in in another tab', async () => {
  const { page: other } = await someone('Second', '/console')
  await other.context().close()
  const { page } = await someone('First', '/console/settings')
  await page.getByLabel('Name').first().fill('First, renamed')
  const tab = await page.context().newPage()
  await page.context().clearCookies()
  await signIn(tab, 'second@example.com', '/console')
  await tab.waitForURL((url) => url.pathname === '/console')
  await press('Save', page)
  await page.getByText('Somebody else is signed in in this browser now').waitFor()
  const session = await (await page.request.get(`${gateway.url}/api/session`)).json()
  expect(session.person.name).toBe('Second')
  await page.context().close()
})

describe('the focus', () => {
  test('is on the heading once what had it was deleted', async () => {
    const { page } = await someone('Fokus', '/console/keys')
    await openCreation(page)
    await fill({ Name: 'mine' }, dialogOf(page))
    await press('Create key', dialogOf(page))
    await dialogOf(page).getByText(/sk-/).first().waitFor()
    await page.reload()
    await settled(page)
    await take(page, 'Actions for mine', 'Revoke')
    await dialogOf(page)
      .getByRole('button', { name: /^Revoke/ })
      .click()
    await page.getByRole('button', { name: 'Actions for mine' }).waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
    await page.context().close()
  })

  test('is on the heading once a group was', async () => {
    await gateway.call('POST', '/api/admin/groups', { id: 'gone' })
    const { page } = await operator('/admin/groups')
    await take(page, 'Actions for gone', 'Delete')
    await press('Delete', dialogOf(page))
    await page.getByRole('button', { name: 'Actions for gone' }).waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
    await page.context().close()
  })
})
