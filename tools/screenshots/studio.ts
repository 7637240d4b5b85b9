import type { Browser, BrowserContext, Page } from 'playwright-core'
import { setTheme } from '../../test/console/axe.ts'
import { complaintsOf, settled } from '../../test/console/browser.ts'
import { signInAsOperator } from '../../test/console/stand.ts'
import type { Demo } from './demo.ts'
import type { Shot, Viewer } from './shots.ts'

export interface Studio {
  take(shot: Shot): Promise<Uint8Array>
  /** What pages complained about while they were taken. */
  readonly complaints: readonly string[]
}

/** Pages are taken whole, up to so many of their heights. */
const HEIGHTS: Readonly<Record<Shot['width'], { readonly least: number; readonly most: number }>> = {
  390: { least: 844, most: 1_900 },
  1280: { least: 800, most: 1_500 },
  1920: { least: 1_080, most: 1_300 },
}
const QUALITY = 0.72

/** Browsers of each kind of viewer, signed in. */
export const createStudio = async (browser: Browser, demo: Demo, format: 'png' | 'webp'): Promise<Studio> => {
  const complaints: string[] = []
  const contexts: Readonly<Record<Viewer, BrowserContext>> = {
    stranger: await newContext(browser),
    customer: await newContext(browser),
    operator: await newContext(browser),
  }
  await signInAsOperator(contexts.operator, demo.gateway)
  await signIn(contexts.customer, demo)
  const darkroom = await (await browser.newContext()).newPage()
  const take = async (shot: Shot): Promise<Uint8Array> => {
    const page = await contexts[shot.viewer].newPage()
    const heard = complaintsOf(page, [/status of 40\d/])
    const { least, most } = HEIGHTS[shot.width]
    await page.setViewportSize({ width: shot.width, height: least })
    await page.goto(`${demo.gateway.url}${shot.path}`)
    await settled(page)
    if (shot.theme === 'dark') await setTheme(page, 'dark')
    await quiet(page)
    const { wanted, isTooWide } = await page.evaluate(() => ({
      wanted: document.documentElement.scrollHeight,
      isTooWide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    }))
    if (isTooWide) complaints.push(`${shot.name}: wider than the screen`)
    await page.setViewportSize({ width: shot.width, height: Math.min(most, Math.max(least, wanted)) })
    await quiet(page)
    const picture = await page.screenshot({ animations: 'disabled' })
    complaints.push(...heard.map((text) => `${shot.name}: ${text}`))
    await page.close()
    return format === 'png' ? picture : smaller(darkroom, picture)
  }
  return { take, complaints }
}

const newContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', reducedMotion: 'reduce' })

const signIn = async (context: BrowserContext, { gateway, email, password }: Demo): Promise<void> => {
  const answer = await context.request.post(`${gateway.url}/api/auth/sign-in/email`, {
    data: { email, password },
    headers: { 'x-tollgate-console': '1', origin: gateway.url },
  })
  if (!answer.ok()) throw new Error(`the customer was refused: ${answer.status()} ${await answer.text()}`)
}

/** Until nothing is on its way any more, charts drawn and fonts there. */
const quiet = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => document.querySelector('main .animate-pulse') === null)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.waitForTimeout(400)
}

/** The same picture as WebP, which the browser can write and no package is needed for. */
const smaller = async (page: Page, picture: Buffer): Promise<Uint8Array> => {
  const written = await page.evaluate(
    async ([text, quality]) => {
      const image = new Image()
      image.src = `data:image/png;base64,${text}`
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.width
      canvas.height = image.height
      canvas.getContext('2d')?.drawImage(image, 0, 0)
      return canvas.toDataURL('image/webp', quality).split(',')[1] ?? ''
    },
    [picture.toString('base64'), QUALITY] as const,
  )
  return Buffer.from(written, 'base64')
}
