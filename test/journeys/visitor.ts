import { expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { complaintsOf, settled } from '../console/browser.ts'

/** Browsers say by themselves that a call was refused; whether one may be is for the journey to say. */
export const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/

/** Somebody at a browser of their own, who sees and clicks what a person would. */
export interface Visitor {
  readonly page: Page
  /** Opens an address by typing it; everything else is reached by clicking. */
  open(path: string): Promise<void>
  /** Follows an entry of the navigation, and waits for the page that it leads to. */
  go(name: string, heading?: string): Promise<void>
  press(name: string, inside?: Locator): Promise<void>
  /** Opens the menu of a row, and takes what it offers. */
  take(menu: string, item: string): Promise<void>
  fill(values: Readonly<Record<string, string>>, inside?: Locator): Promise<void>
  /** The window over the page, by its title. */
  dialog(title: string | RegExp): Locator
  /** Waits for words to be seen. */
  sees(text: string | RegExp, inside?: Locator): Promise<void>
  /** What the pages complained about, which has to be nothing. */
  complainsOfNothing(): void
  readonly complaints: readonly string[]
  leave(): Promise<void>
}

/** A heart-beat of patience: machines that run tests are slow, people are not. */
const PATIENCE_MS = 25_000

export const visit = async (browser: Browser, url: string, ignored: readonly RegExp[] = []): Promise<Visitor> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints = complaintsOf(page, ignored)
  const visitor: Visitor = {
    page,
    open: async (path) => {
      await page.goto(`${url}${path}`)
      await settled(page)
    },
    go: async (name, heading = name) => {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).first().click()
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await settled(page)
    },
    press: (name, inside) => (inside ?? page).getByRole('button', { name, exact: true }).first().click(),
    take: async (menu, item) => {
      await page.getByRole('button', { name: menu, exact: true }).click()
      await page.getByRole('menuitem', { name: item, exact: true }).click()
    },
    fill: async (values, inside) => {
      for (const [label, value] of Object.entries(values))
        await (inside ?? page).getByLabel(label, { exact: false }).first().fill(value)
    },
    dialog: (title) => page.getByRole('dialog', { name: title }),
    sees: (text, inside) => (inside ?? page).getByText(text).first().waitFor(),
    complaints,
    complainsOfNothing: () => expect(complaints).toEqual([]),
    leave: () => context.close(),
  }
  return visitor
}

/**
 * Registers the steps of a journey, each of which goes on where the last one ended: after one that failed, the others fail
 * at once. A failure says what was to be seen.
 */
export const stepsOf = (who: () => Visitor | undefined) => {
  let failed: string | undefined
  return (title: string, go: () => Promise<void>): void => {
    test(title, async () => {
      if (failed !== undefined) throw new Error(`not begun, for an earlier step failed: ${failed}`)
      try {
        await go()
      } catch (cause) {
        failed = title
        throw new Error(`${String(cause)}\n\n${await shownTo(who())}`, { cause })
      }
    })
  }
}

const shownTo = async (visitor: Visitor | undefined): Promise<string> => {
  if (!visitor) return 'no page was open'
  const { page, complaints } = visitor
  return [page.url(), ...complaints, await page.locator('body').ariaSnapshot()].join('\n')
}
