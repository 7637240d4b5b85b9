import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { debianPackage, meet, type Need } from '../runner/needs.ts'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const program = (): string | undefined => [process.env['TOLLGATE_CHROMIUM'] ?? '', ...PROGRAMS].find(existsSync)

const CHROMIUM: Need = { ...debianPackage('chromium', 'chromium'), isThere: () => program() !== undefined }

/** Installs the browser that the tests drive, where that is permitted. Throws with what to type where it is not. */
export const installBrowser = async (): Promise<void> => {
  const missing = meet([CHROMIUM])
  if (missing.length > 0) throw new Error(missing.join('\n'))
}

/** A real Chromium. As root it runs only without its sandbox; what it opens is our own. */
export const openBrowser = async (): Promise<Browser> => {
  const executablePath = program()
  if (executablePath === undefined) throw new Error(`missing: ${CHROMIUM.what}. Install it with: ${CHROMIUM.advice}`)
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** Everything a page complained about: exceptions, errors in its console, among them every breach of the policy. */
export const complaintsOf = (page: Page, ignored: readonly RegExp[] = []): readonly string[] => {
  const complaints: string[] = []
  const note = (text: string): void => {
    if (!ignored.some((pattern) => pattern.test(text))) complaints.push(text)
  }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => note(`exception: ${error.message}`))
  return complaints
}

/** Waits until a page shows what it is for: its heading, and nothing that stands for what is on its way. */
export const settled = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('main .animate-pulse') === null)
}
