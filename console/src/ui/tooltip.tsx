import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { usePortal } from './portal.ts'

const DELAY_MS = 400

export const TooltipProvider = ({ children }: { readonly children: ReactNode }) => (
  <Radix.Provider delayDuration={DELAY_MS}>{children}</Radix.Provider>
)

/**
 * A tip takes the Escape key for itself, so that the browser does not close the dialog it is in: then a second press would
 * be needed. A list or menu that is open in the dialog comes first, and takes the key as well.
 */
const closeWith = (dialog: HTMLElement | undefined): void => {
  if (dialog?.querySelector('[role="combobox"][aria-expanded="true"], [role="menu"]') === null)
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }))
}

/** A few words beside what is pointed at or focused. Never the only place where something is said. */
export const Tooltip = ({ text, children }: { readonly text: string; readonly children: ReactNode }) => {
  const portal = usePortal()
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={portal}>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          onEscapeKeyDown={() => closeWith(portal)}
          className="z-50 max-w-xs rounded-md bg-text px-2 py-1 text-sm text-page shadow-raised"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
