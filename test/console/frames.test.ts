import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { complaintsOf, openBrowser } from './browser.ts'
import { signInAsOperator, startWithConsole } from './stand.ts'

let gateway: Gateway
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: readonly string[]
beforeAll(async () => {
  gateway = await startWithConsole()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  page = await context.newPage()
  complaints = complaintsOf(page, [/status of 40[134]/])
})
afterEach(async () => {
  await context.close()
  expect(complaints).toEqual([])
})

const open = async (path: string): Promise<void> => {
  await page.goto(`${gateway.url}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}
const theme = () => page.locator('html').getAttribute('data-theme')

describe('the frame of a page', () => {
  test('sends who is not signed in to the sign-in page, and remembers where from', async () => {
    await page.goto(`${gateway.url}/console/logs?status=5xx`)
    await page.waitForURL(/\/login\?/)
    expect(new URL(page.url()).searchParams.get('next')).toBe('/console/logs?status=5xx')
  })

  test('shows the administration to the admin key', async () => {
    await signInAsOperator(context, gateway)
    await open('/admin')
    await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Providers' }).click()
    await page.waitForURL(/\/admin\/providers$/)
  })

  test('leads past the navigation by the first press of the tab key', async () => {
    await open('/')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  })

  test('moves the focus to the content, and names the document, on the way to another page', async () => {
    await open('/')
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Status' }).click()
    await page.waitForURL(/\/status$/)
    await page.waitForFunction(() => /status/i.test(document.title))
    await page.waitForFunction(() => document.activeElement?.id === 'main')
  })

  test('folds its navigation away on a phone', async () => {
    await signInAsOperator(context, gateway)
    await page.setViewportSize({ width: 360, height: 740 })
    await open('/admin')
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page.getByRole('dialog').getByRole('link', { name: 'Users' }).click()
    await page.waitForURL(/\/admin\/users$/)
    expect(await page.getByRole('dialog').count()).toBe(0)
  })
})

describe('what a reader prefers', () => {
  test('of languages is spoken at once, also by the document, and the next time', async () => {
    await open('/')
    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('menuitemradio', { name: 'Tiếng Việt' }).click()
    await page.getByRole('link', { name: 'Tài liệu' }).first().waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('vi')
    await open('/status')
    expect(await page.locator('html').getAttribute('lang')).toBe('vi')
    await page.getByRole('link', { name: 'Bảng giá' }).first().waitFor()
  })

  test('of languages is taken from the browser at the first visit', async () => {
    await context.close()
    context = await browser.newContext({ locale: 'zh-CN' })
    page = await context.newPage()
    await open('/')
    await page.getByRole('link', { name: '文档' }).first().waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
  })

  test('of themes is the system’s until another is chosen, and is there before the first paint', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await open('/')
    expect(await theme()).toBe('dark')
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitemradio', { name: 'Light' }).click()
    expect(await theme()).toBe('light')
    // Without the application, the small script alone has decided.
    await page.route('**/assets/index-*.js', (route) => route.abort())
    complaints = []
    await page.goto(gateway.url)
    expect(await theme()).toBe('light')
  })

  test('of networks is said: without one, what is shown may be old', async () => {
    await open('/')
    await context.setOffline(true)
    await page.getByText('You are offline.').waitFor()
    await context.setOffline(false)
    await page.getByText('You are offline.').waitFor({ state: 'detached' })
    // Browsers say by themselves what they could not ask.
    complaints = []
  })

  test('of a gateway that does not answer is said with when it last did, and gone with its next answer', async () => {
    await open('/')
    await page.route('**/api/**', (route) => route.abort())
    await page.getByRole('link', { name: 'Status' }).first().click()
    await page.getByText(/The gateway does not answer\. What you see is of \d/).waitFor()
    expect(await page.textContent('body')).not.toContain('Failed to fetch')
    await page.unroute('**/api/**')
    await page.getByText('What you see is of').waitFor({ state: 'detached' })
    complaints = []
  })

  test('of a page that cannot be loaded is said, and nothing written is lost; it can be tried again', async () => {
    await open('/')
    await page.evaluate(() => Object.assign(window, { isSame: true }))
    const away = /\/assets\/|\/api\/|\/login$/
    await page.route(away, (route) => route.abort())
    await page.getByRole('link', { name: 'Status' }).first().click()
    await page.getByText('This page could not be loaded.').waitFor()
    await page.unroute(away)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.evaluate(() => 'isSame' in window)).toBe(true)
    complaints = []
  })
})
