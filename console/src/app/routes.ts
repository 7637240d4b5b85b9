import type { ComponentType } from 'react'

/** Which frame a page stands in. `account`: the narrow one of signing in. */
export type Frame = 'public' | 'account' | 'console' | 'admin'

export interface PageRoute {
  readonly path: string
  readonly frame: Frame
  /** Its strings, loaded beside its code. */
  readonly strings: string
  readonly load: () => Promise<{ default: ComponentType }>
}

/** Every page there is. Code and strings of each are loaded when it is first opened. */
export const PAGES: readonly PageRoute[] = [
  { path: '/', frame: 'public', strings: 'landing', load: () => import('../pages/landing/index.tsx') },
  { path: '/models', frame: 'public', strings: 'models', load: () => import('../pages/models/index.tsx') },
  { path: '/status', frame: 'public', strings: 'status', load: () => import('../pages/status/index.tsx') },
  { path: '/docs/pricing', frame: 'public', strings: 'pricing', load: () => import('../pages/pricing/index.tsx') },
  { path: '/docs', frame: 'public', strings: 'docs', load: () => import('../pages/docs/index.tsx') },
  { path: '/docs/$', frame: 'public', strings: 'docs', load: () => import('../pages/docs/index.tsx') },

  { path: '/login', frame: 'account', strings: 'account', load: () => import('../pages/login/index.tsx') },
  { path: '/signup', frame: 'account', strings: 'account', load: () => import('../pages/signup/index.tsx') },
  { path: '/forgot', frame: 'account', strings: 'account', load: () => import('../pages/forgot/index.tsx') },
  { path: '/reset', frame: 'account', strings: 'account', load: () => import('../pages/reset/index.tsx') },
  { path: '/verify', frame: 'account', strings: 'account', load: () => import('../pages/verify/index.tsx') },
  { path: '/invite/$token', frame: 'account', strings: 'account', load: () => import('../pages/invite/index.tsx') },

  { path: '/console', frame: 'console', strings: 'home', load: () => import('../pages/home/index.tsx') },
  { path: '/console/keys', frame: 'console', strings: 'keys', load: () => import('../pages/keys/index.tsx') },
  { path: '/console/usage', frame: 'console', strings: 'usage', load: () => import('../pages/usage/index.tsx') },
  { path: '/console/logs', frame: 'console', strings: 'logs', load: () => import('../pages/logs/index.tsx') },
  { path: '/console/logs/$id', frame: 'console', strings: 'log', load: () => import('../pages/log/index.tsx') },
  { path: '/console/billing', frame: 'console', strings: 'billing', load: () => import('../pages/billing/index.tsx') },
  {
    path: '/console/playground',
    frame: 'console',
    strings: 'playground',
    load: () => import('../pages/playground/index.tsx'),
  },
  {
    path: '/console/settings',
    frame: 'console',
    strings: 'settings',
    load: () => import('../pages/settings/index.tsx'),
  },

  admin('/admin', 'overview', () => import('../pages/admin/overview/index.tsx')),
  admin('/admin/providers', 'providers', () => import('../pages/admin/providers/index.tsx')),
  admin('/admin/channels', 'channels', () => import('../pages/admin/channels/index.tsx')),
  admin('/admin/groups', 'groups', () => import('../pages/admin/groups/index.tsx')),
  admin('/admin/models', 'models', () => import('../pages/admin/models/index.tsx')),
  admin('/admin/plans', 'plans', () => import('../pages/admin/plans/index.tsx')),
  admin('/admin/users', 'users', () => import('../pages/admin/users/index.tsx')),
  admin('/admin/users/$id', 'user', () => import('../pages/admin/user/index.tsx')),
  admin('/admin/people/$id', 'person', () => import('../pages/admin/person/index.tsx')),
  admin('/admin/codes', 'codes', () => import('../pages/admin/codes/index.tsx')),
  admin('/admin/limits', 'limits', () => import('../pages/admin/limits/index.tsx')),
  admin('/admin/rules', 'rules', () => import('../pages/admin/rules/index.tsx')),
  admin('/admin/alerts', 'alerts', () => import('../pages/admin/alerts/index.tsx')),
  admin('/admin/audit', 'audit', () => import('../pages/admin/audit/index.tsx')),
  admin('/admin/ledger', 'ledger', () => import('../pages/admin/ledger/index.tsx')),
  admin('/admin/system', 'system', () => import('../pages/admin/system/index.tsx')),
]

function admin(path: string, name: string, load: PageRoute['load']): PageRoute {
  return { path, frame: 'admin', strings: `admin-${name}`, load }
}
