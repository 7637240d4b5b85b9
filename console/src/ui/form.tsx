import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { CancelButton } from './dialog.tsx'
import { ErrorNote } from './error-state.tsx'

export interface FormProps {
  readonly onSubmit: () => void
  readonly onCancel: () => void
  /** What the main button does, as a verb; `Save` when left out. */
  readonly action?: string
  readonly isPending: boolean
  readonly error: unknown
  readonly children: ReactNode
}

/** A form inside of a dialog: its fields, what went wrong, and its two buttons. */
export const Form = ({ onSubmit, onCancel, action, isPending, error, children }: FormProps) => {
  const { t } = useTranslation()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pb-2">
      {children}
      <ErrorNote error={error} />
      <div className="flex flex-wrap justify-end gap-2">
        <CancelButton onCancel={onCancel} />
        <Button kind="primary" type="submit" isPending={isPending}>
          {action ?? t('save')}
        </Button>
      </div>
    </form>
  )
}

/** What most leave as it is, folded up. */
export const Folded = ({
  title,
  isOpen,
  children,
}: {
  readonly title: string
  readonly isOpen: boolean
  readonly children: ReactNode
}) => (
  <details open={isOpen} className="rounded-lg border border-line px-3 py-2">
    <summary className="touch py-0.5 font-medium">{title}</summary>
    <div className="flex flex-col gap-4 pt-2 pb-1">{children}</div>
  </details>
)
