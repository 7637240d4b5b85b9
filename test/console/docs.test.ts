import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { complaintsOf, openBrowser } from './browser.ts'
import { startWithConsole } from './stand.ts'

/** Who is not signed in is told so by calls that need it. */
const EXPECTED = [/Failed to load resource: the server responded with a status of 40[134]/]

let gateway: Gateway
let local: Gateway
let browser: Browser
let key: string
beforeAll(async () => {
  gateway = await startWithConsole({
    config: {
      providers: { demo: { kind: 'demo' } },
      aliases: { 'house/smart': 'demo' },
      plans: { pro: { discount: '0.3' } },
    },
  })
  local = await startWithConsole({ config: { auth: 'none', providers: { demo: { kind: 'demo' } } } })
  browser = await openBrowser()
  key = (await gateway.createCustomer('10')).key
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await local.stop()
})

/** Opens a path as somebody who was never here, and gives what the page complained of in the end. */
const opened = async (
  path: string,
  look: (page: Page) => Promise<void>,
  { at = gateway, width = 1280 }: { at?: Gateway; width?: number } = {},
): Promise<readonly string[]> => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'en' })
  const page = await context.newPage()
  const complaints = complaintsOf(page, EXPECTED)
  await page.goto(at.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await look(page)
  await context.close()
  return complaints
}

describe('the documentation', () => {
  test('fills the address, the model and a key that was entered into every example, and forgets the key', async () => {
    const complaints = await opened('/docs/quick-start', async (page) => {
      const code = page.locator('pre').filter({ hasText: 'chat/completions' }).first()
      expect(await code.innerText()).toContain(`${gateway.url}/v1/chat/completions`)
      expect(await code.innerText()).toContain('Bearer $TOLLGATE_API_KEY')
      await page.getByText('Filled in with model demo').click()
      await page.getByLabel('API key').fill(key)
      expect(await code.innerText()).toContain(`Bearer ${key}`)
      expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(key)
      await page.reload()
      await code.waitFor()
      expect(await code.innerText()).toContain('Bearer $TOLLGATE_API_KEY')
    })
    expect(complaints).toEqual([])
  })

  test('shows all examples in the language that was chosen, on the next page too', async () => {
    await opened('/docs/formats/chat', async (page) => {
      await page.getByRole('tab', { name: 'Python' }).first().click()
      expect(await page.locator('pre:visible').first().innerText()).toContain('from openai import OpenAI')
      await page
        .getByRole('navigation', { name: 'Previous and next page' })
        .getByRole('link', { name: 'Responses' })
        .click()
      await page.getByRole('heading', { level: 1, name: 'Responses' }).waitFor()
      expect(await page.locator('pre:visible').first().innerText()).toContain('client.responses.create')
    })
  })

  test('is searched, and a passage that was found is gone to', async () => {
    const complaints = await opened('/docs', async (page) => {
      await page.getByLabel('Search the documentation').fill('alias Cursor')
      const hit = page.getByRole('link', { name: 'Cursor: Why an alias' })
      await hit.waitFor()
      await hit.click()
      await page.getByRole('heading', { level: 1, name: 'Cursor' }).waitFor()
      expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/docs/clients/cursor#why-an-alias')
      await page.getByRole('heading', { name: 'Why an alias' }).waitFor()
    })
    expect(complaints).toEqual([])
  })

  test('leads from page to page without loading anew, and to headings by their anchors', async () => {
    await opened('/docs/errors#whether-to-try-again', async (page) => {
      await page.waitForFunction(() => {
        const top = document.getElementById('whether-to-try-again')?.getBoundingClientRect().top ?? 9_999
        return top < innerHeight
      })
      await page.evaluate(() => Object.assign(window, { stayed: true }))
      await page.getByRole('link', { name: 'All errors', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Errors' }).waitFor()
      await page.waitForURL(/\/docs\/reference\/errors$/)
      expect(await page.evaluate(() => 'stayed' in window)).toBe(true)
    })
  })

  test('says so where there is no such page', async () => {
    await opened('/docs/no-such-page', async (page) => {
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
        'There is no such page in the documentation',
      )
    })
  })

  test('fits a phone, its contents behind a button', async () => {
    await opened(
      '/docs/clients/claude-code',
      async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
        await page.getByRole('button', { name: 'Contents' }).click()
        await page.getByRole('dialog').getByRole('link', { name: 'Codex' }).click()
        await page.getByRole('heading', { level: 1, name: 'Codex' }).waitFor()
      },
      { width: 360 },
    )
  })
})

describe('models, prices, status', () => {
  test('a model is found by another name of its own', async () => {
    await opened('/models?q=smart', async (page) => {
      await page.getByText('also house/smart').waitFor()
      expect(await page.getByText('1 model', { exact: true }).count()).toBe(1)
    })
  })

  test('a plan changes what is paid, and not the list price', async () => {
    await opened('/docs/pricing', async (page) => {
      const row = page
        .getByRole('row')
        .filter({ has: page.getByText('demo', { exact: true }).first() })
        .first()
      await row.waitFor()
      expect(await row.innerText()).toMatch(/\$0\.10[\s\S]*\$0\.40[\s\S]*\$0\.10[\s\S]*\$0\.40/)
      await page.getByLabel('Your plan').selectOption('pro')
      await page.waitForURL(/plan=pro/)
      expect(await row.innerText()).toMatch(/\$0\.10[\s\S]*\$0\.40[\s\S]*\$0\.07[\s\S]*\$0\.28/)
    })
  })

  test('the status says what works', async () => {
    const complaints = await opened('/status', async (page) => {
      await page.getByText('All systems work').waitFor()
      await page.getByRole('rowheader', { name: 'demo', exact: true }).waitFor()
    })
    expect(complaints).toEqual([])
  })
})

describe('the front page', () => {
  test('makes a first request with a key, and says what it cost', async () => {
    const complaints = await opened('/', async (page) => {
      await page.getByLabel('API key').fill(key)
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('Hello from Tollgate').waitFor()
      expect(await page.getByText(/^\$0\.0000/).count()).toBe(1)
      expect(await page.getByText(/^req_/).count()).toBe(1)
    })
    expect(complaints).toEqual([])
  })

  test('says what is wrong with a wrong key', async () => {
    await opened('/', async (page) => {
      await page.getByLabel('API key').fill('sk-tg-wrong')
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByRole('alert').filter({ hasText: 'key' }).waitFor()
    })
  })

  test('needs no key in local mode', async () => {
    await opened(
      '/',
      async (page) => {
        await page.getByText('No key is needed here').waitFor()
        expect(await page.getByLabel('API key').count()).toBe(0)
        await page.getByRole('button', { name: 'Send' }).click()
        await page.getByText('Hello from Tollgate').waitFor()
      },
      { at: local },
    )
  })
})
