import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark' | 'system'

const STORED = 'tollgate.theme'
const DARK = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

const chosen = (): Theme => {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Puts the theme on the page, where the style sheet looks for it; `theme.js` does so before the first paint. */
const apply = (): void => {
  const theme = chosen()
  const dark = theme === 'dark' || (theme === 'system' && DARK.matches)
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

DARK.addEventListener('change', apply)

export const chooseTheme = (theme: Theme): void => {
  if (theme === 'system') localStorage.removeItem(STORED)
  else localStorage.setItem(STORED, theme)
  apply()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What the reader chose; `system` follows the system as it changes. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen)
