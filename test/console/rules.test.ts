import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { ask, startVendor, type Vendor } from '../admin-api/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import { openBrowser } from './browser.ts'
import { fill, isAccessible, peopleOf, press, take } from './people.ts'
import { startWithConsole } from './stand.ts'

let vendor: Vendor
let gateway: Gateway
let browser: Browser
beforeAll(async () => {
  vendor = startVendor()
  gateway = await startWithConsole({
    catalogue: {
      models: {
        'house/small': { provider: 'house', price: { input: '1', output: '2' } },
        'house/large': { provider: 'house', price: { input: '10', output: '20' } },
      },
    },
    config: {
      providers: {
        house: { kind: 'openai-compatible', base_url: vendor.url, models: ['house/small', 'house/large'], keys: ['a'] },
      },
      groups: { filed: { rules: [{ name: 'as filed', do: { model: 'house/small' } }] } },
    },
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  vendor.stop()
})

const { operator } = peopleOf(
  () => gateway,
  () => browser,
)

interface Stored {
  readonly rules: readonly { readonly name: string | null; readonly enabled: boolean; readonly when: unknown }[]
}
const stored = async (): Promise<Stored['rules']> =>
  ((await gateway.call('GET', '/api/admin/groups/default')).body as Stored).rules

const cardOf = (page: Page, group: string): Locator => page.getByRole('region', { name: group, exact: true })
const namesIn = (page: Page): Promise<readonly string[]> =>
  cardOf(page, 'default').getByRole('listitem').getByRole('heading').allInnerTexts()

/** Gives the group these rules; what it is by itself is taken over first. */
const write = async (rules: readonly unknown[]): Promise<void> => {
  await gateway.call('POST', '/api/admin/groups', { id: 'default' })
  const answer = await gateway.call('PATCH', '/api/admin/groups/default', { rules })
  expect(answer.status).toBe(200)
}

/** What was written is given up, should that be asked. */
const leaveUnsaved = async (page: Page): Promise<void> => {
  const dialog = page.locator('dialog[open]')
  const discard = dialog.getByRole('button', { name: /discard|leave/i })
  if ((await discard.count()) > 0) await discard.first().click()
  await dialog.first().waitFor({ state: 'detached' })
}

describe('the rules of a group', () => {
  test('are made by a form, count for requests, are tried, changed, moved and deleted', async () => {
    const { key } = await gateway.createCustomer('10')
    const { page, complaints } = await operator('/admin/rules')
    const dialog = page.getByRole('dialog')
    expect(await ask(gateway, key, 'house/large')).toBe(200)

    // From nothing: what is missing is said where it is missing, and nothing that was entered is lost.
    await cardOf(page, 'default').getByRole('button', { name: 'Add a rule' }).click()
    await page.getByRole('menuitem', { name: 'Empty' }).click()
    await fill({ Name: 'no large' }, dialog)
    await press('Add a condition', dialog)
    expect(await dialog.getByLabel('What').evaluate((element) => element === document.activeElement)).toBe(true)
    await dialog.getByLabel('It is refused').check()
    await press('Add', dialog)
    await dialog.getByText('Choose one at least.').waitFor()
    await dialog.getByText('Enter what the client is told, in at most 1000 characters.').waitFor()
    await isAccessible(page)
    await dialog.getByLabel('Models', { exact: true }).fill('house/lar*')
    await dialog.getByLabel('Models', { exact: true }).press('Enter')
    await dialog.getByLabel(/^Message/).fill('Take the small one.')

    // It is tried before it is saved.
    await dialog.getByText('Try it before it is saved').click()
    await dialog.getByLabel('Model asked for').fill('house/large')
    await dialog.getByLabel('Model asked for').press('Enter')
    await press('Try', dialog)
    await dialog.getByText('no large counts for this request.').waitFor()
    expect(await stored()).toEqual([])
    await isAccessible(page)
    await press('Add', dialog)
    await dialog.waitFor({ state: 'detached' })
    await cardOf(page, 'default').getByText('refused: Take the small one.').waitFor()
    expect(await ask(gateway, key, 'house/large')).toBe(403)
    expect(await ask(gateway, key, 'house/small')).toBe(200)

    // Turned off, it stays and does nothing.
    await take(page, 'Actions for no large', 'Turn off')
    await cardOf(page, 'default').getByText('off', { exact: true }).waitFor()
    expect(await ask(gateway, key, 'house/large')).toBe(200)

    // A template, put before it.
    await cardOf(page, 'default').getByRole('button', { name: 'Add a rule' }).click()
    await page.getByRole('menuitem', { name: 'Large prompts to another model' }).click()
    await fill({ Name: 'large prompts' }, dialog)
    await dialog.getByLabel('Model', { exact: true }).fill('house/small')
    await dialog.getByLabel('Model', { exact: true }).press('Enter')
    await dialog.getByLabel('When it is tried').selectOption('First')
    await press('Add', dialog)
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'large prompts' }).waitFor()
    expect(await namesIn(page)).toEqual(['large prompts', 'no large'])
    await isAccessible(page)

    await take(page, 'Actions for large prompts', 'Try later')
    await page.getByText('Rules saved').first().waitFor()
    await page.waitForFunction(() => document.querySelector('main h3')?.textContent?.startsWith('no large'))
    expect((await stored()).map(({ name }) => name)).toEqual(['no large', 'large prompts'])

    await take(page, 'Actions for large prompts', 'Delete')
    await press('Delete', dialog)
    await page.getByRole('heading', { name: 'large prompts', exact: true }).waitFor({ state: 'detached' })
    expect((await stored()).map(({ name, enabled }) => [name, enabled])).toEqual([['no large', false]])
    expect(complaints).toEqual([])
    await gateway.call('PATCH', '/api/admin/groups/default', { rules: [] })
    await page.context().close()
  })

  test('are written as a form and as JSON, which stay in step, and what the gateway refuses is said at its field', async () => {
    await gateway.call('PATCH', '/api/admin/groups/default', {
      rules: [
        { name: 'nights', when: { hours: '22:00-06:00', days: ['mon'], zone: 'UTC' }, do: { refuse: 'Not now.' } },
      ],
    })
    const { page, complaints } = await operator('/admin/rules?group=default')
    const dialog = page.getByRole('dialog')
    await take(page, 'Actions for nights', 'Edit')
    await fill({ Hours: '21:00-06:00' }, dialog)
    await dialog.getByRole('tab', { name: 'JSON' }).click()
    const text = dialog.getByLabel('The rule', { exact: true })
    expect(JSON.parse(await text.inputValue())).toEqual({
      name: 'nights',
      when: { hours: '21:00-06:00', days: ['mon'] },
      do: { refuse: 'Not now.' },
    })
    await text.fill('{"name": "evenings", "when": {"hours": "18:00-06:00", "dayz": ["mon"]}}')
    await dialog.getByRole('tab', { name: 'Form' }).click()
    await dialog.getByText(/The form cannot show this/).waitFor()
    await press('Save', dialog)
    await dialog.getByText(/rules\[0\]\.when\.dayz/).waitFor()
    await isAccessible(page)
    await text.fill('{"name": "evenings", "when": {"hours": "18:00-06:00"}, "do": {"model": "house/nothing"}}')
    await dialog.getByRole('tab', { name: 'Form' }).click()
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('evenings')
    expect(await dialog.getByLabel('Hours').inputValue()).toBe('18:00-06:00')
    await press('Save', dialog)
    const model = dialog.getByLabel('Model', { exact: true })
    await dialog.getByText(/must be a model of the catalogue/).waitFor()
    expect(await model.getAttribute('aria-invalid')).toBe('true')
    await model.fill('house/small')
    await model.press('Enter')
    await press('Save', dialog)
    await dialog.waitFor({ state: 'detached' })
    expect(await stored()).toMatchObject([{ name: 'evenings', when: { hours: '18:00-06:00', days: null } }])

    // What somebody else changed meanwhile is not written over, and what was entered stays.
    await take(page, 'Actions for evenings', 'Edit')
    await fill({ Name: 'mine' }, dialog)
    await gateway.call('PATCH', '/api/admin/groups/default', { rules: [{ name: 'of another' }] })
    await press('Save', dialog)
    await dialog.getByText(/has changed since/).waitFor()
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('mine')
    await press('Cancel', dialog)
    expect((await stored()).map(({ name }) => name)).toEqual(['of another'])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('are tried as they stand, or not at all: nothing that cannot be read is left out', async () => {
    await write([{ name: 'large', when: { bytes_min: '512KiB' }, do: { refuse: 'Too large.' } }])
    const { page, complaints } = await operator('/admin/rules?group=default')
    const dialog = page.getByRole('dialog')
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/rules/try')) asked.push(request.postData() ?? '')
    })

    // JSON that is no rule is none without conditions.
    await take(page, 'Actions for large', 'Edit')
    await dialog.getByRole('tab', { name: 'JSON' }).click()
    const text = dialog.getByLabel('The rule', { exact: true })
    const whole = await text.inputValue()
    await dialog.getByText('Try it before it is saved').click()
    await text.fill('{"name": "large", "when": {"models": ["never"]}, "do": {"refuse": "No."}')
    await press('Try', dialog)
    await dialog.getByText('Enter a JSON object').waitFor()
    expect(await text.getAttribute('aria-invalid')).toBe('true')
    await dialog.getByText('The rule above cannot be tried yet').waitFor()
    expect(asked).toEqual([])
    await isAccessible(page)

    // Once it can be read it is tried, and a result counts for what was tried alone.
    await text.fill(whole)
    await dialog.getByText('The rule above cannot be tried yet').waitFor({ state: 'detached' })
    const size = dialog.getByLabel('Size of the body')
    await size.fill('1MiB')
    await press('Try', dialog)
    await dialog.getByText('large counts for this request.').waitFor()
    expect(asked.map((body) => JSON.parse(body).request.bytes)).toEqual([1_048_576])
    await text.fill(whole.replace('512KiB', '2MiB'))
    await dialog.getByText('large counts for this request.').waitFor({ state: 'detached' })
    await press('Try', dialog)
    await dialog.getByText('No rule counts').waitFor()

    // So it is in the form.
    await dialog.getByRole('tab', { name: 'Form' }).click()
    await fill({ Size: 'rather large' }, dialog)
    await press('Try', dialog)
    await dialog.getByText('The rule above cannot be tried yet').waitFor()
    await dialog.getByText('Enter a size such as 512KiB').waitFor()
    expect(asked.length).toBe(2)
    await press('Cancel', dialog)
    await leaveUnsaved(page)

    // And of the request that is described.
    await press('Try the rules of default', page)
    await dialog.getByLabel('Size of the body').fill('1 PB')
    await dialog.getByLabel('Headers').fill('user-agent: acme/1\nx-team blue')
    await dialog.getByLabel('When it comes in').pressSequentially('1121')
    await press('Try', dialog)
    await dialog.getByText('Enter a size such as 512KiB').waitFor()
    await dialog.getByText('Not a header, or there already: “x-team blue”.').waitFor()
    await dialog.getByText('Enter a whole date with its time, or nothing.').waitFor()
    expect(asked.length).toBe(2)
    await isAccessible(page)
    await dialog.getByLabel('Size of the body').fill('2 MB')
    await dialog.getByLabel('Headers').fill('user-agent: acme/1\nx-team: blue')
    await dialog.getByLabel('When it comes in').fill('2026-11-21T09:30')
    await press('Try', dialog)
    await dialog.getByText('large counts for this request.').waitFor()
    expect(JSON.parse(asked.at(-1) ?? '').request).toMatchObject({
      ...{ bytes: 2_000_000, headers: { 'user-agent': 'acme/1', 'x-team': 'blue' } },
      at: expect.stringMatching(/^2026-11-2\d/),
    })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('with something that the form has no place for stay JSON, so that nothing of it is lost', async () => {
    await write([{ name: 'one', do: { refuse: 'No.' } }])
    const { page, complaints } = await operator('/admin/rules?group=default')
    const dialog = page.getByRole('dialog')
    await take(page, 'Actions for one', 'Edit')
    await dialog.getByRole('tab', { name: 'JSON' }).click()
    const text = dialog.getByLabel('The rule', { exact: true })
    await text.fill('{"name": "one", "do": {"refuse": "No.", "model": "house/small"}}')
    await dialog.getByRole('tab', { name: 'Form' }).click()
    await dialog.getByText(/The form cannot show this/).waitFor()
    await press('Save', dialog)
    await dialog
      .getByText(/it alone/)
      .first()
      .waitFor()
    expect(await text.inputValue()).toContain('house/small')
    // What is pasted is not cut off: it is said to be too long.
    await text.fill('{"name": "one", "do": {"refuse": "No."}}')
    await dialog.getByRole('tab', { name: 'Form' }).click()
    await dialog.getByLabel('Name', { exact: true }).fill('x'.repeat(65))
    await press('Save', dialog)
    await dialog.getByText('Take at most 64 characters').waitFor()
    expect((await stored()).map(({ name }) => name)).toEqual(['one'])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('of the configuration file are shown and tried, and not changed', async () => {
    const { page, complaints } = await operator('/admin/rules?group=filed')
    const card = cardOf(page, 'filed')
    await card.getByText('answered by house/small').waitFor()
    expect(await card.getByRole('button').allInnerTexts()).toEqual(['Try'])
    await card.getByRole('button', { name: 'Try the rules of filed' }).click()
    await press('Try', page.getByRole('dialog'))
    await page.getByText('as filed counts for this request.').waitFor()
    await isAccessible(page)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
