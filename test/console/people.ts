import { expect } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { setTheme, violationsOf } from './axe.ts'
import { complaintsOf, settled } from './browser.ts'
import { signInAsOperator } from './stand.ts'

const PASSWORD = 'a long enough passphrase'
/** Browsers say by themselves that a call was refused. */
const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/
export const PATIENCE_MS = 20_000

/** Somebody in front of a browser of their own. */
export interface Someone {
  readonly page: Page
  /** What the pages complained about. */
  readonly complaints: readonly string[]
}

/** Who uses the console of a gateway. */
export const peopleOf = (gateway: () => Gateway, browser: () => Browser) => {
  const open = async (page: Page, path: string): Promise<void> => {
    await page.goto(`${gateway().url}${path}`)
    await settled(page)
  }

  const signIn = async (page: Page, email: string, path: string): Promise<void> => {
    await open(page, `/login?next=${encodeURIComponent(path)}`)
    await fill({ 'E-mail address': email, Password: PASSWORD }, page)
    await press('Sign in', page)
  }

  const context = async () => {
    const made = await browser().newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
    made.setDefaultTimeout(PATIENCE_MS)
    return made
  }

  /** With an account, signed in, on a page. */
  const someone = async (name: string, path: string): Promise<Someone> => {
    const email = `${name.toLowerCase()}@example.com`
    const own = await context()
    const answer = await own.request.post(`${gateway().url}/api/auth/sign-up/email`, {
      data: { name, email, password: PASSWORD },
      headers: { 'x-tollgate-console': '1', origin: gateway().url },
    })
    if (!answer.ok()) throw new Error(`no account for ${name}: ${await answer.text()}`)
    const page = await own.newPage()
    const complaints = complaintsOf(page, [REFUSED])
    await signIn(page, email, path)
    await page.waitForURL((url) => url.pathname + url.search === path)
    await settled(page)
    return { page, complaints }
  }

  /** In the administration by the admin key. */
  const operator = async (path: string): Promise<Someone> => {
    const own = await context()
    await signInAsOperator(own, gateway())
    const page = await own.newPage()
    const complaints = complaintsOf(page, [REFUSED])
    await open(page, path)
    return { page, complaints }
  }

  return { open, signIn, someone, operator, password: PASSWORD }
}

export const fill = async (values: Readonly<Record<string, string>>, inside: Page | Locator): Promise<void> => {
  for (const [label, value] of Object.entries(values)) await inside.getByLabel(label).first().fill(value)
}

export const press = (name: string, inside: Page | Locator): Promise<void> =>
  inside.getByRole('button', { name, exact: true }).click()

/** Opens a menu, and takes what it offers. */
export const take = async (page: Page, menu: string, item: string): Promise<void> => {
  await press(menu, page)
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Nothing is wrong with the page as it stands, in either theme. */
export const isAccessible = async (page: Page): Promise<void> => {
  expect(await violationsOf(page)).toEqual([])
  await setTheme(page, 'dark')
  expect(await violationsOf(page, ['color-contrast'])).toEqual([])
  await setTheme(page, 'light')
}
