import { readFileSync } from 'node:fs'
import type { Demo } from './demo.ts'

export const WIDTHS = [390, 1_280, 1_920] as const
export type Theme = 'light' | 'dark'

/** Who looks: nobody who is signed in, a customer, the operator. */
export type Viewer = 'stranger' | 'customer' | 'operator'

export interface Shot {
  /** Of its file, without ending: `console-keys-390`. */
  readonly name: string
  readonly page: string
  readonly path: string
  readonly viewer: Viewer
  readonly width: (typeof WIDTHS)[number]
  readonly theme: Theme
}

/** Pages that are also taken in the dark, at the width of a laptop. */
const IN_THE_DARK: readonly string[] = [
  '/',
  '/console',
  '/console/usage',
  '/console/logs/$id',
  '/admin',
  '/admin/providers',
]

const ROUTES = new URL('../../console/src/app/routes.ts', import.meta.url)

/** Every page of the console's route table, at every width. */
export const shotsOf = (demo: Demo): readonly Shot[] => {
  const table = readFileSync(ROUTES, 'utf8')
  const pages = [...table.matchAll(/(?:path: |admin\()'(\/[^']*)'/g)].map(([, path = '']) => path)
  return pages.flatMap((page) => {
    const taken = WIDTHS.map((width) => ({ width, theme: 'light' as Theme, suffix: '' }))
    const dark = IN_THE_DARK.includes(page) ? [{ width: 1_280 as const, theme: 'dark' as Theme, suffix: '-dark' }] : []
    return [...taken, ...dark].map(({ width, theme, suffix }) => ({
      name: `${nameOf(page)}-${width}${suffix}`,
      ...{ page, path: pathOf(page, demo), viewer: viewerOf(page), width, theme },
    }))
  })
}

const nameOf = (page: string): string =>
  page === '/'
    ? 'welcome'
    : page.slice(1).replaceAll('/$id', '-one').replaceAll('/$token', '').replaceAll('/$', '-page').replaceAll('/', '-')

const viewerOf = (page: string): Viewer =>
  page.startsWith('/admin') ? 'operator' : page.startsWith('/console') ? 'customer' : 'stranger'

const pathOf = (page: string, demo: Demo): string => {
  if (page === '/console/logs/$id') return `/console/logs/${demo.requestId}`
  if (page === '/admin/users/$id') return `/admin/users/${demo.userId}`
  if (page === '/admin/people/$id') return `/admin/people/${demo.personId}`
  return page.replace('$token', demo.invitation).replace('$', 'quick-start')
}
