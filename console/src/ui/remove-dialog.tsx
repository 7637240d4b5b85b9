import { useTranslation } from 'react-i18next'
import { useCall } from '../api/hooks.ts'
import { Notice } from './badge.tsx'
import { ConfirmDialog } from './dialog.tsx'
import { toast } from './toast.tsx'

export interface RemoveDialogProps {
  /** What goes into the path; `undefined`: closed. */
  readonly subject: Readonly<Record<string, string>> | undefined
  readonly onClose: () => void
  readonly path: string
  readonly changes: readonly string[]
  readonly title: string
  readonly text: string
  readonly action: string
  readonly done: string
}

/** Deletes something once that was confirmed; what still refers to it is said in its place. */
export const RemoveDialog = ({ subject, onClose, path, changes, done, ...texts }: RemoveDialogProps) => {
  const { t } = useTranslation()
  const remove = useCall<unknown, 'delete'>('delete', path, {
    changes,
    onSuccess: () => {
      toast(done)
      onClose()
    },
  })
  const close = (): void => {
    remove.reset()
    onClose()
  }
  // What names a field or header is refused for that, and not for what refers to it.
  const isUsed = remove.error?.status === 409 && remove.error.param === undefined
  return (
    <ConfirmDialog
      {...texts}
      isOpen={subject !== undefined}
      onClose={close}
      onConfirm={() => subject && remove.mutate({ path: subject })}
      isPending={remove.isPending}
      error={isUsed ? undefined : remove.error}
    >
      {isUsed && (
        <div role="alert">
          <Notice tone="warn">
            <p className="font-semibold">{t('stillUsed')}</p>
            <p className="break-words">{remove.error?.message}</p>
          </Notice>
        </div>
      )}
    </ConfirmDialog>
  )
}
