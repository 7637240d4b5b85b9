import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import type { KeyDialogProps } from './edit-key.tsx'

/** Ends a key for good, once that was confirmed. */
export const RevokeKey = ({ subject, onClose }: KeyDialogProps) => {
  const { t } = useTranslation('keys')
  const revoke = useCall('delete', '/api/me/keys/{id}', {
    changes: ['/api/me/keys'],
    onSuccess: () => {
      toast(t('revoke.done'))
      onClose()
    },
  })
  const close = (): void => {
    revoke.reset()
    onClose()
  }
  return (
    <ConfirmDialog
      isOpen={subject !== undefined}
      onClose={close}
      onConfirm={() => subject && revoke.mutate({ path: { id: subject.id } })}
      title={t('revoke.title', { name: subject?.name ?? '' })}
      text={t('revoke.text', { prefix: subject?.prefix ?? '' })}
      action={t('revoke.action')}
      isPending={revoke.isPending}
      error={revoke.error}
    />
  )
}
