import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import type { Gateway } from '../harness/gateway.ts'
import { openBrowser, settled } from './browser.ts'
import { signInAsOperator, startWithConsole } from './stand.ts'

const BYTES_MAX = 250_000
/** What draws charts is fetched when the rest is there: see `chart.tsx`. */
const LATER = /\/chart-drawing-/

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

/** What is fetched to show a page for the first time, compressed with gzip: which every reader can read. */
const firstLoad = async (path: string): Promise<{ bytes: number; files: readonly string[] }> => {
  const context = await browser.newContext()
  if (path !== '/login') await signInAsOperator(context, gateway)
  const page = await context.newPage()
  const files: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (!pathname.startsWith('/api/') && !LATER.test(pathname)) files.push(pathname)
  })
  await page.goto(`${gateway.url}${path}`)
  await settled(page)
  await context.close()
  const headers = { accept: '*/*', 'accept-encoding': 'gzip' }
  const sizes = files.map(async (file) => {
    const answer = await fetch(`${gateway.url}${file}`, { headers, decompress: false } as RequestInit)
    return (await answer.arrayBuffer()).byteLength
  })
  return { bytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0), files }
}

test.each([['/console'], ['/admin'], ['/'], ['/login']])(
  'the first load of %s is under 250 KB, compressed with gzip',
  async (path) => {
    const { bytes, files } = await firstLoad(path)
    expect(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css'))).toBe(true)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(BYTES_MAX)
    process.stdout.write(`first load of ${path}: ${Math.round(bytes / 1_000)} KB in ${files.length} files\n`)
  },
)
