import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { complaintsOf, openBrowser, settled } from './browser.ts'
import { signInAsOperator, startWithConsole } from './stand.ts'

let gateway: Gateway
let browser: Browser
beforeAll(async () => {
  gateway = await startWithConsole()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** A kind of entry: its page, what its button says, a field to fill in first, and one to change later with its name in the API. */
const KINDS = [
  { kind: 'groups', add: 'Create group', field: 'Multiplier', member: 'multiplier', first: '1.5', later: '2' },
  { kind: 'channels', add: 'Create channel', field: 'Weight', member: 'weight', first: '3', later: '4' },
  { kind: 'plans', add: 'Create plan', field: 'Discount', member: 'discount', first: '0.1', later: '0.25' },
] as const

const act = async (page: Page, name: string, what: RegExp): Promise<void> => {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: what }).click()
}

describe.each(KINDS)('an entry of $kind', ({ kind, add, field, member, first, later }) => {
  const stored = async (): Promise<unknown> => {
    const answer = await fetch(`${gateway.url}/api/admin/${kind}`, {
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    })
    const { data } = (await answer.json()) as { data: { id: string; [member]: unknown }[] }
    return data.find(({ id }) => id === 'mine')?.[member]
  }

  test('is made, refused where a field is wrong, changed and deleted', async () => {
    const context = await browser.newContext()
    await signInAsOperator(context, gateway)
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await page.goto(`${gateway.url}/admin/${kind}`)
    await settled(page)

    await page.getByRole('button', { name: add }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Name/).fill('not a name')
    await dialog.getByLabel(new RegExp(`^${field}( \\*)?$`)).fill(first)
    if (kind === 'channels') {
      await dialog.getByLabel(/^Provider/).click()
      await page.getByRole('option').first().click()
    }
    await dialog.getByRole('button', { name: /^(Save|Create)/ }).click()
    expect(await dialog.getByLabel(/^Name/).getAttribute('aria-invalid')).toBe('true')
    await dialog.getByLabel(/^Name/).fill('mine')
    await dialog.getByRole('button', { name: /^(Save|Create)/ }).click()
    await page.getByRole('button', { name: 'Actions for mine' }).waitFor()
    expect(String(await stored())).toBe(first)

    await act(page, 'mine', /^(Change|Edit)/)
    await dialog.getByLabel(new RegExp(`^${field}( \\*)?$`)).fill(later)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(String(await stored())).toBe(later)

    await act(page, 'mine', /^Delete/)
    await dialog.getByRole('button', { name: /^Delete/ }).click()
    await page.getByRole('button', { name: 'Actions for mine' }).waitFor({ state: 'detached' })
    expect(await stored()).toBeUndefined()
    expect(complaints).toEqual([])
    await context.close()
  })
})
