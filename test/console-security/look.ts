import type { BrowserContext, Page } from 'playwright-core'
import { complaintsOf, settled } from '../console/browser.ts'
import { MARK } from './hostile.ts'

/** What a page did, and what stands in it, that it must not. */
export interface Look {
  /** Empty: nothing ran, nothing was fetched from elsewhere, no text became anything but text. */
  readonly wrong: readonly string[]
  /** Hostile text is to be read on the page. */
  readonly shows: boolean
}

/** What is not there is answered by a status, and browsers say so. */
const EXPECTED = [/Failed to load resource: the server responded with a status of 40[1349]/]

/** Opens a page, and every tab on it. */
export const lookAt = async (context: BrowserContext, origin: string, path: string): Promise<Look> => {
  const page = await context.newPage()
  const complaints = complaintsOf(page, EXPECTED)
  const wrong: string[] = []
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog said ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => wrong.push(`a window opened at ${popup.url()}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:')
      wrong.push(`it asked ${url.href}`)
  })
  await page.goto(origin + path)
  await settled(page)
  let shows = await readAll(page, wrong)
  const tabs = await page.getByRole('tab').all()
  for (const tab of tabs) {
    await tab.click()
    await settled(page)
    shows = (await readAll(page, wrong)) || shows
  }
  if (new URL(page.url()).origin !== origin) wrong.push(`it went to ${page.url()}`)
  await page.close()
  return { wrong: [...wrong, ...complaints], shows }
}

const readAll = async (page: Page, wrong: string[]): Promise<boolean> => {
  const seen = await page.evaluate(inPage, MARK)
  wrong.push(...seen.wrong)
  return seen.shows
}

/** Runs in the page. */
const inPage = (mark: string): { readonly wrong: readonly string[]; readonly shows: boolean } => {
  const wrong: string[] = []
  if ('ran' in window) wrong.push(`something ran: ${String(window.ran)}`)
  for (const element of document.querySelectorAll('*')) {
    const handlers = element.getAttributeNames().filter((name) => name.startsWith('on'))
    if (handlers.length > 0) wrong.push(`${element.tagName} has ${handlers.join()}`)
    const leads = element.getAttribute('href') ?? element.getAttribute('src') ?? element.getAttribute('action')
    if (leads === null) continue
    const to = new URL(leads, location.href)
    const isOwn = to.origin === location.origin || ['data:', 'blob:'].includes(to.protocol)
    if (/script|vbscript/i.test(to.protocol) || to.host.endsWith('evil.example')) wrong.push(`it leads to ${leads}`)
    if (!isOwn && element.tagName !== 'A') wrong.push(`${element.tagName} is of ${leads}`)
  }
  for (const name of [
    'iframe',
    'object',
    'embed',
    'base',
    `.${mark}`,
    'script:not([src])',
    'meta[http-equiv="refresh"]',
  ])
    if (document.querySelector(name) !== null) wrong.push(`there is ${name}`)
  const values = [...document.querySelectorAll('input, textarea, select')].map(
    (field) => (field as HTMLInputElement).value,
  )
  return { wrong, shows: [document.body.innerText, ...values].some((text) => text.includes(mark)) }
}
