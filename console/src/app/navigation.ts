import {
  Activity,
  Bell,
  BookCheck,
  BookOpen,
  Boxes,
  ChartColumn,
  CreditCard,
  FileClock,
  Gauge,
  HeartPulse,
  House,
  KeyRound,
  Layers,
  type LucideIcon,
  Network,
  Plug,
  ScrollText,
  Server,
  Settings,
  Shuffle,
  Tag,
  TerminalSquare,
  Ticket,
  Users,
} from 'lucide-react'

export interface NavigationItem {
  readonly to: string
  /** Its name among the strings of the shell: `nav.keys`. */
  readonly name: string
  readonly icon: LucideIcon
}

export interface NavigationGroup {
  readonly name?: string
  readonly items: readonly NavigationItem[]
}

export const CONSOLE_NAVIGATION: readonly NavigationGroup[] = [
  {
    items: [
      { to: '/console', name: 'home', icon: House },
      { to: '/console/keys', name: 'keys', icon: KeyRound },
      { to: '/console/usage', name: 'usage', icon: ChartColumn },
      { to: '/console/logs', name: 'logs', icon: ScrollText },
      { to: '/console/playground', name: 'playground', icon: TerminalSquare },
      { to: '/console/billing', name: 'billing', icon: CreditCard },
      { to: '/console/settings', name: 'settings', icon: Settings },
    ],
  },
  {
    name: 'more',
    items: [
      { to: '/docs', name: 'docs', icon: BookOpen },
      { to: '/models', name: 'models', icon: Boxes },
      { to: '/docs/pricing', name: 'pricing', icon: Tag },
      { to: '/status', name: 'status', icon: HeartPulse },
    ],
  },
]

export const ADMIN_NAVIGATION: readonly NavigationGroup[] = [
  { items: [{ to: '/admin', name: 'overview', icon: Activity }] },
  {
    name: 'traffic',
    items: [
      { to: '/admin/providers', name: 'providers', icon: Plug },
      { to: '/admin/channels', name: 'channels', icon: Network },
      { to: '/admin/groups', name: 'groups', icon: Layers },
      { to: '/admin/models', name: 'models', icon: Boxes },
      { to: '/admin/rules', name: 'rules', icon: Shuffle },
      { to: '/admin/limits', name: 'limits', icon: Gauge },
    ],
  },
  {
    name: 'customers',
    items: [
      { to: '/admin/users', name: 'users', icon: Users },
      { to: '/admin/plans', name: 'plans', icon: CreditCard },
      { to: '/admin/codes', name: 'codes', icon: Ticket },
    ],
  },
  {
    name: 'operation',
    items: [
      { to: '/admin/alerts', name: 'alerts', icon: Bell },
      { to: '/admin/audit', name: 'audit', icon: FileClock },
      { to: '/admin/ledger', name: 'ledger', icon: BookCheck },
      { to: '/admin/system', name: 'system', icon: Server },
    ],
  },
]
