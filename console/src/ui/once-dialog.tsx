import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

export interface OnceDialogProps<Made> {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  /** Once something is made. */
  readonly doneTitle: (made: Made) => string
  /** What the button says that puts it away. */
  readonly doneAction: string
  /** What is to be done first; it hands over what came of it, or closes the window where nothing has to be shown. */
  readonly children: (onMade: (made: Made) => void, close: () => void) => ReactNode
  readonly show: (made: Made) => ReactNode
}

/** First what is to be done, then what came of it: shown only now, and so until it is put away on purpose. */
export const OnceDialog = <Made,>(props: OnceDialogProps<Made>) => {
  const { isOpen, onClose, title, doneTitle, doneAction, children, show } = props
  const [made, setMade] = useState<{ readonly it: Made }>()
  const close = (): void => {
    setMade(undefined)
    onClose()
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      isInsistent={made !== undefined}
      title={made ? doneTitle(made.it) : title}
      actions={
        made && (
          <Button kind="primary" onClick={close}>
            {doneAction}
          </Button>
        )
      }
    >
      {made ? show(made.it) : children((it) => setMade({ it }), close)}
    </Dialog>
  )
}
