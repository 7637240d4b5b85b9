import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
} from '@tanstack/react-router'
import { PageSkeleton } from '../ui/skeleton.tsx'
import { Crashed } from './crashed.tsx'
import { AdminFrame, ConsoleFrame } from './frames/member-frame.tsx'
import { AccountFrame, PublicFrame } from './frames/public-frame.tsx'
import { loadStrings } from './i18n.ts'
import { loaded } from './load.ts'
import { NotFound } from './not-found.tsx'
import { focusOnNavigation } from './focus.ts'
import { type Frame, PAGES } from './routes.ts'

const FRAMES: Readonly<Record<Frame, RouteComponent>> = {
  public: PublicFrame,
  account: AccountFrame,
  console: ConsoleFrame,
  admin: AdminFrame,
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crashed })

const frames = (Object.entries(FRAMES) as [Frame, RouteComponent][]).map(([frame, component]) => {
  const parent = createRoute({ getParentRoute: () => root, id: frame, component })
  const pages = PAGES.filter((page) => page.frame === frame).map((page) =>
    createRoute({
      getParentRoute: () => parent,
      path: page.path,
      loader: () => loadStrings(page.strings),
      // The router would load the console anew by itself where an import fails, with all that is written in it.
      component: lazyRouteComponent(() => loaded(page.load)),
    }),
  )
  return parent.addChildren(pages)
})

/** Searches are plain names and values: `?status=5xx`, each a string. */
const parseSearch = (search: string): Record<string, string> => Object.fromEntries(new URLSearchParams(search))

const stringifySearch = (search: Record<string, unknown>): string => {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

export const router = createRouter({
  routeTree: root.addChildren(frames),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: Crashed,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

focusOnNavigation(router)
