import { useSyncExternalStore } from 'react'

const STORED = 'tollgate.docs.language'
const listeners = new Set<() => void>()

const watch = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const choose = (language: string): void => {
  localStorage.setItem(STORED, language)
  for (const listener of listeners) listener()
}

/** The language that the reader wants examples in, shared by all of them and remembered. */
export const useLanguage = (): readonly [string, (language: string) => void] => [
  useSyncExternalStore(watch, () => localStorage.getItem(STORED) ?? ''),
  choose,
]
