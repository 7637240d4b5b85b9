import { useSyncExternalStore } from 'react'

let key = ''
const listeners = new Set<() => void>()

const watch = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Keeps a key that was made, or entered, in this tab, until the tab is closed or loaded again: in memory alone. The
 * documentation fills it into its examples. An empty one forgets it.
 */
export const rememberKey = (secret: string): void => {
  key = secret
  for (const listener of listeners) listener()
}

/** The key of this tab; '' where there is none. */
export const useFreshKey = (): string => useSyncExternalStore(watch, () => key)
