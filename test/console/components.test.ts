import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { setTheme, violationsOf } from './axe.ts'
import { complaintsOf, openBrowser } from './browser.ts'
import { serveFolder, type Served } from './serve-folder.ts'

/**
 * Every component, once, in a real browser and under the policy of the console: on a page of its own that is built for
 * this alone.
 */

const CONSOLE = join(import.meta.dir, '..', '..', 'console')

let folder = ''
let served: Served
let browser: Browser
let page: Page
let complaints: readonly string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-gallery-'))
  const vite = require.resolve('vite/package.json').replace('package.json', 'bin/vite.js')
  const built = spawnSync('node', [vite, 'build', '--config', 'gallery/vite.config.ts', '--logLevel', 'error'], {
    cwd: CONSOLE,
    env: { ...process.env, CONSOLE_OUT: folder },
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(built.stderr)
  served = serveFolder(folder)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  page = await browser.newPage()
  complaints = complaintsOf(page)
  await page.goto(`${served.url}/console`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('.recharts-surface').first().waitFor()
})
afterEach(async () => {
  await page.close()
  expect(complaints).toEqual([])
})

const button = (name: string) => page.getByRole('button', { name, exact: true })

describe('dialogs', () => {
  test('keep the focus inside, close with Escape, and give the focus back', async () => {
    await button('Open dialog').click()
    const dialog = page.getByRole('dialog', { name: 'A dialog' })
    await dialog.getByLabel('Inside').fill('x')
    for (let presses = 0; presses < 12; presses++) await page.keyboard.press('Tab')
    expect(
      await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      ),
    ).toBe(true)
    await page.keyboard.press('Escape')
    await page
      .getByRole('dialog', { name: 'Discard what you entered?' })
      .getByRole('button', { name: 'Discard' })
      .click()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await button('Open dialog').evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test('begin at the first field, or at their heading, and with no tip in the way', async () => {
    await button('Open dialog').click()
    expect(await page.getByLabel('Inside').evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await button('Open drawer').press('Enter')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H2')
    expect(await page.getByRole('tooltip').count()).toBe(0)
  })

  test('ask before Escape or a click beside them takes away what was entered', async () => {
    await button('Open dialog').click()
    await page.getByLabel('Inside').fill('a long text')
    const question = page.getByRole('dialog', { name: 'Discard what you entered?' })
    for (const leave of [() => page.keyboard.press('Escape'), () => page.mouse.click(5, 5)]) {
      await leave()
      await question.getByRole('button', { name: 'Cancel' }).click()
      expect(await page.getByLabel('Inside').inputValue()).toBe('a long text')
    }
    await button('Save').click()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('keep nothing of what was entered when they are opened again', async () => {
    await button('Open dialog').click()
    await page.getByLabel('Inside').fill('secret')
    await button('Save').click()
    await button('Open dialog').click()
    expect(await page.getByLabel('Inside').inputValue()).toBe('')
  })

  test('hold lists and menus that can be reached, and stay when these close', async () => {
    await button('Open dialog').click()
    await page.getByRole('combobox', { name: 'Choice' }).fill('tw')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(1)
    await page.getByRole('combobox', { name: 'Choice' }).fill('tw')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('combobox', { name: 'Choice' }).inputValue()).toBe('Two')
    await button('Menu inside').click()
    await page.getByRole('menuitem', { name: 'Do it inside' }).click()
    expect(await page.getByRole('dialog').count()).toBe(1)
    expect(await page.getByText('Done: inside').count()).toBe(1)
  })

  test('close by a click beside them, and not by one inside', async () => {
    await button('Open drawer').click()
    await page.getByText('Details').click()
    expect(await page.getByRole('dialog').count()).toBe(1)
    await page.mouse.click(5, 5)
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('close with one press of Escape, also while the tip of a button in them is shown', async () => {
    await button('Open drawer').press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).hover()
    await page.getByRole('tooltip').first().waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('show above themselves, within reach, what is said while they are open', async () => {
    await button('Open dialog').click()
    await button('Say it').click()
    const said = page.getByRole('dialog').getByRole('status').filter({ hasText: 'Said inside' })
    await said.getByRole('button', { name: 'Close' }).click()
    await said.waitFor({ state: 'detached' })
    expect(await page.getByRole('dialog').count()).toBe(1)
  })

  test('ask before what cannot be undone', async () => {
    await button('Revoke key').click()
    await page.getByRole('dialog', { name: 'Revoke the key?' }).getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByText('Done: revoked').count()).toBe(0)
    await button('Revoke key').click()
    await button('Revoke').click()
    await page.getByText('Done: revoked').waitFor()
  })
})

describe('controls', () => {
  test('of a field are named, hinted and corrected by it', async () => {
    const name = page.getByRole('textbox', { name: 'Name' })
    expect(await name.getAttribute('aria-invalid')).toBe('true')
    const ids = (await name.getAttribute('aria-describedby'))?.split(' ') ?? []
    const said = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).textContent()))
    expect(said).toEqual(['Any name.', 'It is taken.'])
  })

  test('of many options are used by typing and arrows alone', async () => {
    const model = page.getByRole('combobox', { name: 'Model' })
    await model.focus()
    await page.keyboard.type('claude')
    expect(await page.getByRole('listbox').getByRole('option').count()).toBe(2)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('Chosen: claude-sonnet').waitFor()
    expect(await model.getAttribute('aria-expanded')).toBe('false')
  })

  test('switch, search and menu by keyboard', async () => {
    await page.getByRole('switch', { name: 'Live' }).press('Space')
    expect(await page.getByRole('switch', { name: 'Live' }).getAttribute('aria-checked')).toBe('true')
    await page.getByRole('searchbox').fill('needle')
    await page.getByText('Searched: needle').waitFor()
    await button('More').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByText('Done: renamed').waitFor()
  })

  test('that copy do so, and say it', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await button('Copy it').click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('copied text')
  })
})

describe('tables', () => {
  test('of thousands of rows draw those in view, and say how many there are', async () => {
    const table = page.getByRole('table', { name: 'Requests' })
    expect(await table.getAttribute('aria-rowcount')).toBe('5001')
    expect(await table.getByRole('row').count()).toBeLessThan(80)
    await page.getByRole('group', { name: 'Requests' }).evaluate((frame) => frame.scrollTo(0, frame.scrollHeight))
    await table.getByRole('rowheader', { name: 'req_04999' }).waitFor()
    expect(await table.getByRole('row').count()).toBeLessThan(80)
  })

  test('are sorted by their heads, money by what it is worth', async () => {
    const table = page.getByRole('table', { name: 'Requests' })
    const firstCost = () => table.getByRole('row').nth(1).getByRole('cell').first().textContent()
    await table.getByRole('button', { name: 'Cost' }).click()
    const one = await firstCost()
    await table.getByRole('button', { name: 'Cost' }).click()
    const other = await firstCost()
    expect(new Set([one, other])).toEqual(new Set(['$0.00', '$0.000004999']))
    expect(await table.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort')).toMatch(
      /ascending|descending/,
    )
  })

  test('show the columns that their reader chooses', async () => {
    const table = page.getByRole('table', { name: 'Requests' })
    expect(await table.getByRole('columnheader', { name: 'Extra' }).count()).toBe(0)
    await button('Columns').click()
    await page.getByRole('menuitemcheckbox', { name: 'Extra' }).click()
    await table.getByRole('columnheader', { name: 'Extra' }).waitFor()
  })
})

test('a chart is a table for whoever would rather read it, and knows what it does not know', async () => {
  await button('As a table').first().click()
  const table = page.getByRole('table', { name: 'A line chart' })
  expect(await table.getByRole('row', { name: /Tue/ }).textContent()).toMatch(/10–/)
})

describe('as a whole', () => {
  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('in %s at %d px, everything is accessible and nothing is wider than the page', async (theme, width) => {
    await page.setViewportSize({ width, height: 900 })
    await setTheme(page, theme)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  })
})
