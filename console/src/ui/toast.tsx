import { X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { useTopDialog } from './portal.ts'

interface Shown {
  readonly id: number
  readonly text: string
  readonly tone: 'good' | 'danger'
}

const SHOWN_MS = 6_000
const SHOWN_MAX = 3

let shown: readonly Shown[] = []
let nextId = 1
const listeners = new Set<() => void>()

const show = (next: readonly Shown[]): void => {
  shown = next
  for (const listener of listeners) listener()
}

const dismiss = (id: number): void => show(shown.filter((one) => one.id !== id))

/** Says for some seconds that something is done. Errors stay beside what failed instead: see `ErrorNote`. */
export const toast = (text: string, tone: Shown['tone'] = 'good'): void => {
  const id = nextId++
  show([...shown, { id, text, tone }].slice(-SHOWN_MAX))
  setTimeout(() => dismiss(id), SHOWN_MS)
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where toasts appear; there is one of it. In the open dialog, for what is beside one is covered and out of reach. */
export const Toasts = () => {
  const { t } = useTranslation()
  const current = useSyncExternalStore(subscribe, () => shown)
  const dialog = useTopDialog()
  return createPortal(
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-3 bottom-3 z-50 flex w-[min(24rem,calc(100vw-1.5rem))] flex-col gap-2"
    >
      {current.map(({ id, text, tone }) => (
        <div
          key={id}
          className={cx(
            'pointer-events-auto flex items-center gap-2 rounded-lg border bg-surface py-1 pr-1 pl-3 shadow-raised',
            tone === 'good' ? 'border-good' : 'border-danger',
          )}
        >
          <p className="min-w-0 flex-1 break-words">{text}</p>
          <IconButton label={t('close')} icon={X} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>,
    dialog ?? document.body,
  )
}
