import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { openBrowser, settled } from './browser.ts'
import { peopleOf, press } from './people.ts'
import { signInAsOperator, startWithConsole } from './stand.ts'

const LONG =
  'The key of the nightly batch that summarises every ticket of the support desk, and answers what it can '.repeat(2)

let gateway: Gateway
let browser: Browser
let page: Page

beforeAll(async () => {
  gateway = await startWithConsole({ config: { accounts: { sign_up: 'open' } } })
  browser = await openBrowser()
  const people = peopleOf(
    () => gateway,
    () => browser,
  )
  page = (await people.someone('Cara', '/console')).page
  const { request } = page.context()
  const headers = { 'x-tollgate-console': '1', origin: gateway.url }
  const session = await (await request.get(`${gateway.url}/api/session`)).json()
  await gateway.credit(session.organisations[0].id, '10')
  const data = { name: LONG.slice(0, 100), expires_at: '2099-01-01T00:00:00Z' }
  const made = await (await request.post(`${gateway.url}/api/me/keys`, { data, headers })).json()
  for (const model of ['demo', 'demo', 'nobody-knows'])
    await (
      await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${made.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] }),
      })
    ).text()
  // Usage is counted from receipts about a second after them; a page opened before that says that nothing was asked.
  await until('usage is counted', async () => {
    const told = await request.get(`${gateway.url}/api/me/usage/series`)
    return (await told.json()).data?.some((point: { requests: number }) => point.requests >= 2)
  })
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const open = async (path: string, width: number): Promise<void> => {
  await page.setViewportSize({ width, height: 800 })
  await page.goto(`${gateway.url}${path}`)
  await settled(page)
}

describe('usage', () => {
  test('is saved as a file that has what the charts have, and says of which time it is', async () => {
    await open('/console/usage?range=24h', 1280)
    await page.getByText(/^Counted since .* UTC, in whole hours\.$/).waitFor()
    const [saved] = await Promise.all([page.waitForEvent('download'), press('CSV', page)])
    const [header, ...rows] = readFileSync(await saved.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(header).toStartWith('hour,model,requests,errors,')
    const requests = rows.map((row) => Number(row.split(',')[2])).reduce((sum, count) => sum + count, 0)
    const shown = await page
      .locator('dt', { hasText: 'Requests' })
      .locator('xpath=following-sibling::dd')
      .first()
      .innerText()
    expect(requests).toBe(Number(shown))
    expect(requests).toBeGreaterThanOrEqual(2)
  })

  test('of seven days is that of today and the six before', async () => {
    const asked = page.waitForRequest((request) => request.url().includes('/api/me/usage/series?'))
    await open('/console/usage', 1280)
    const { searchParams } = new URL((await asked).url())
    const [sinceMs, untilMs] = ['since', 'until'].map((name) => Date.parse(searchParams.get(name) ?? ''))
    expect([(untilMs ?? 0) - (sinceMs ?? 0), (sinceMs ?? 1) % 86_400_000]).toEqual([7 * 86_400_000, 0])
    await page.getByText(/^Counted since .*, in whole days of UTC\.$/).waitFor()
  })
})

/** What of an element of the page is beyond the edges of the frame it is in, or of the window. */
const cutOff = (selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const frame = element.closest('[role="group"]')?.getBoundingClientRect()
      return Math.max(0, element.getBoundingClientRect().right - Math.min(frame?.right ?? innerWidth, innerWidth))
    })

describe('a table', () => {
  test.each([
    ['/console/logs', 390, 'th:has-text("Cost")'],
    ['/console', 390, 'th:has-text("Cost")'],
    ['/console/keys', 1280, 'button[aria-label^="Actions for"]'],
    ['/console/keys', 390, 'button[aria-label^="Actions for"]'],
  ])('at %s of %i pixels shows all of %s', async (path, width, selector) => {
    await open(path, width)
    expect(await cutOff(selector)).toBe(0)
  })

  test.each(['/admin/audit', '/admin/limits'])('at %s does not scroll sideways', async (path) => {
    const context = await browser.newContext()
    await signInAsOperator(context, gateway)
    const own = await context.newPage()
    await own.setViewportSize({ width: path === '/admin/audit' ? 390 : 1280, height: 800 })
    await own.goto(`${gateway.url}${path}`)
    await settled(own)
    const frame = own.locator('[role="group"]:has(table)')
    expect(await frame.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
    expect(await own.getByRole('button', { name: 'Load more' }).count()).toBe(0)
    await context.close()
  })
})

describe('amounts below one another', () => {
  /** Of each column of amounts, how many there are, and how far its decimal points lie apart in pixels. */
  const spreads = (): Promise<readonly { readonly count: number; readonly px: number }[]> =>
    page.evaluate(() => {
      const columns = new Map<string, number[]>()
      for (const amount of document.querySelectorAll('td.text-right [data-places]')) {
        const text = amount.firstChild
        const point = text?.textContent?.search(/[.,]\d+\D*$/) ?? -1
        const cell = amount.closest('td')
        if (!text || point < 0 || !cell) throw new Error('an amount without a decimal point')
        // What is sold by the image or the second says so behind its price.
        if (!cell.textContent.endsWith(amount.textContent)) continue
        const range = document.createRange()
        range.setStart(text, point)
        range.setEnd(text, point + 1)
        const column = `${cell.closest('table')?.getAttribute('aria-label')} ${cell.cellIndex}`
        columns.set(column, [...(columns.get(column) ?? []), range.getBoundingClientRect().left])
      }
      return [...columns.values()].map((lefts) => ({
        count: lefts.length,
        px: Math.max(...lefts) - Math.min(...lefts),
      }))
    })

  test.each(['/console/billing', '/console/logs', '/docs/pricing'])(
    'at %s have their decimal points in one line',
    async (path) => {
      await open(path, 1280)
      await page.locator('td.text-right [data-places]').first().waitFor()
      const columns = await spreads()
      expect(Math.max(...columns.map(({ count }) => count))).toBeGreaterThan(1)
      expect(Math.max(...columns.map(({ px }) => px))).toBeLessThan(1)
    },
  )
})

test('a chart of nothing shows no axis, and one of something has short days on it', async () => {
  await open('/console/usage?range=7d', 1280)
  const chartOf = (title: string) => page.locator('figure', { has: page.getByText(title, { exact: true }) })
  await chartOf('Requests').locator('svg .recharts-xAxis').waitFor()
  const labels = await chartOf('Requests').locator('.recharts-xAxis-tick-labels').allInnerTexts()
  expect(labels.join(' ')).not.toMatch(/\b20\d\d\b/)
  expect(await chartOf('Requests that delivered nothing').getByText('Nothing in this time.').count()).toBe(1)
  expect(await chartOf('Requests that delivered nothing').locator('svg').count()).toBe(0)
})

test.each([
  ['zh-CN', '兑换码', '没有这个兑换码。请逐字检查。'],
  ['vi', 'Mã đổi', 'Không có mã này. Hãy kiểm tra từng ký tự.'],
] as const)('what the gateway refuses is said in %s to who reads that', async (language, label, words) => {
  await page.evaluate((chosen) => localStorage.setItem('tollgate.language', chosen), language)
  await open('/console/billing', 1280)
  const field = page.getByLabel(label).first()
  await field.fill('TG-AAAA-BBBB-CCCC-DDDD')
  await field.press('Enter')
  await page.getByText(words).first().waitFor()
  await page.evaluate(() => localStorage.removeItem('tollgate.language'))
})

test('the administration shows a customer no navigation, and leads them to their console', async () => {
  await open('/admin', 1280)
  await page.getByRole('heading', { level: 1, name: 'This is for administrators' }).waitFor()
  expect(await page.getByRole('navigation').count()).toBe(0)
  await page.getByRole('link', { name: 'To your console' }).click()
  await page.waitForURL(`${gateway.url}/console`)
})
