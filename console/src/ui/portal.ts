import { createContext, use, useSyncExternalStore } from 'react'

/** Where menus and tips are put: the open dialog, for everything outside of it is out of reach; else the body. */
export const PortalContext = createContext<HTMLElement | null>(null)

export const usePortal = (): HTMLElement | undefined => use(PortalContext) ?? undefined

let open: readonly HTMLElement[] = []
const listeners = new Set<() => void>()

const change = (next: readonly HTMLElement[]): void => {
  open = next
  for (const listener of listeners) listener()
}

/** Notes that a dialog is open, until what comes back is called. */
export const noteOpen = (dialog: HTMLElement): (() => void) => {
  change([...open, dialog])
  return () => change(open.filter((one) => one !== dialog))
}

const watch = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The dialog that was opened last; `undefined` while none is open. */
export const useTopDialog = (): HTMLElement | undefined => useSyncExternalStore(watch, () => open.at(-1))
