import { X } from 'lucide-react'
import { createContext, type ReactNode, type RefObject, use, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, type ButtonKind, IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { ErrorNote } from './error-state.tsx'
import { noteOpen, PortalContext } from './portal.ts'
import { useEntered } from './use-entered.ts'

export interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** Buttons at the foot, the main one last. */
  readonly actions?: ReactNode
  readonly size?: 'small' | 'medium' | 'large'
  /** Not closed by a click beside it or Escape: what it shows is gone afterwards. */
  readonly isInsistent?: boolean
}

const SIZES = { small: 'sm:max-w-md', medium: 'sm:max-w-xl', large: 'sm:max-w-4xl' } as const

/** Leaves the window by what is handed over; where something was entered, once that was asked. */
const LeaveContext = createContext<(go: () => void) => void>((go) => go())

/** Gives up what is being entered in a window: asks as Escape does. */
export const CancelButton = ({ onCancel }: { readonly onCancel: () => void }) => {
  const { t } = useTranslation()
  const leave = use(LeaveContext)
  return <Button onClick={() => leave(onCancel)}>{t('cancel')}</Button>
}

/**
 * A window over the page. The browser's own `<dialog>`: it keeps the focus inside, makes the rest unreachable, and gives
 * the focus back when closed. Its content is made anew each time it is opened.
 */
export const Dialog = ({ size = 'medium', ...props }: DialogProps) => (
  <Modal
    {...props}
    className={cx('m-auto w-full max-w-[calc(100vw-1.5rem)] max-h-[calc(100dvh-1.5rem)] rounded-xl', SIZES[size])}
  />
)

/** A window along one side: navigation on a phone, details beside a table. */
export const Drawer = ({ side = 'right', ...props }: DialogProps & { readonly side?: 'left' | 'right' }) => (
  <Modal
    {...props}
    className={cx(
      'my-0 h-dvh max-h-none w-[min(34rem,calc(100vw-2.5rem))] max-w-none',
      side === 'left' ? 'mr-auto ml-0' : 'mr-0 ml-auto',
    )}
  />
)

const Modal = ({
  isOpen,
  onClose,
  isInsistent = false,
  className,
  ...content
}: DialogProps & { className: string }) => {
  const frame = useRef<HTMLDialogElement>(null)
  const [portal, setPortal] = useState<HTMLElement | null>(null)
  /** How it is left once that was confirmed. */
  const [going, setGoing] = useState<{ readonly go: () => void }>()
  const id = useId()
  useShown(frame, isOpen)
  const entered = useEntered(frame, isOpen && !isInsistent)
  useEffect(() => {
    if (!isOpen) setGoing(undefined)
  }, [isOpen])
  const leaveBy = (go: () => void): void => {
    if (entered.isThere()) setGoing({ go })
    else go()
  }
  const leave = (): void => leaveBy(onClose)
  return (
    <dialog
      ref={(element) => {
        frame.current = element
        setPortal(element)
      }}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (event.target === event.currentTarget && !isInsistent) leave()
      }}
      // A click on the frame itself is one beside the content: on the backdrop.
      onMouseDown={(event) => {
        if (event.target === event.currentTarget && !isInsistent) leave()
      }}
      {...entered.handlers}
      className={cx('border border-line bg-surface p-0 text-text shadow-raised', className)}
    >
      <PortalContext value={portal}>
        <LeaveContext value={leaveBy}>{isOpen && <Content id={id} onClose={leave} {...content} />}</LeaveContext>
      </PortalContext>
      {isOpen && going && <Discard onStay={() => setGoing(undefined)} onGo={going.go} />}
    </dialog>
  )
}

const Discard = ({ onStay, onGo }: { readonly onStay: () => void; readonly onGo: () => void }) => {
  const { t } = useTranslation()
  return (
    <ConfirmDialog
      isOpen
      onClose={onStay}
      onConfirm={onGo}
      title={t('discard.title')}
      text={t('discard.text')}
      action={t('discard.action')}
    />
  )
}

const useShown = (frame: RefObject<HTMLDialogElement | null>, isOpen: boolean): void => {
  useEffect(() => {
    const dialog = frame.current
    if (!dialog || !isOpen) return
    dialog.showModal()
    firstOf(dialog)?.focus()
    const forget = noteOpen(dialog)
    return () => {
      forget()
      dialog.close()
    }
  }, [frame, isOpen])
}

/**
 * What the focus is on at first: the field to fill in, else the heading. The browser would take the button that closes,
 * with its tip in the way.
 */
const firstOf = (dialog: HTMLElement): HTMLElement | null =>
  [...dialog.querySelectorAll<HTMLElement>(FIELDS)].find((field) => field.checkVisibility()) ??
  dialog.querySelector('h2')

const FIELDS = ['input', 'select', 'textarea'].map((name) => `${name}:not(:disabled, [type='hidden'])`).join()

const Content = ({
  id,
  onClose,
  title,
  description,
  children,
  actions,
}: Omit<DialogProps, 'isOpen' | 'size' | 'isInsistent'> & { readonly id: string }) => {
  const { t } = useTranslation()
  return (
    <div className="flex max-h-[inherit] min-h-full flex-col">
      <div className="flex items-start gap-3 px-5 pt-4 pb-2">
        <div className="min-w-0 flex-1">
          <h2 id={id} tabIndex={-1} className="outline-none">
            {title}
          </h2>
          {description !== undefined && <p className="mt-1 text-muted">{description}</p>}
        </div>
        <IconButton label={t('close')} icon={X} onClick={onClose} className="-mt-1 -mr-2" />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-2">{children}</div>
      {actions !== undefined && <div className="flex flex-wrap justify-end gap-2 px-5 pt-2 pb-4">{actions}</div>}
    </div>
  )
}

export interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
  readonly title: string
  /** What will happen, and whether it can be undone. */
  readonly text: ReactNode
  /** What the button does, as a verb: `Revoke`. */
  readonly action: string
  readonly kind?: ButtonKind
  readonly isPending?: boolean
  readonly error?: unknown
  /** More to enter, as a reason. */
  readonly children?: ReactNode
}

/** Asks before something that cannot be undone. */
export const ConfirmDialog = (props: ConfirmDialogProps) => {
  const { isOpen, onClose, onConfirm, title, text, action, kind = 'danger', isPending, error, children } = props
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      size="small"
      actions={
        <>
          <CancelButton onCancel={onClose} />
          <Button kind={kind} onClick={onConfirm} isPending={isPending}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div>{text}</div>
        {children}
        <ErrorNote error={error} />
      </div>
    </Dialog>
  )
}
