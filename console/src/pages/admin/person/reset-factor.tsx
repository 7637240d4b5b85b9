import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { toast } from '../../../ui/toast.tsx'
import { CHANGES } from './changes.ts'

export interface ResetFactorProps {
  readonly id: string
  readonly name: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** For who lost the phone and the backup codes. */
export const ResetFactor = ({ id, name, isOpen, onClose }: ResetFactorProps) => {
  const { t } = useTranslation('admin-person')
  const reset = useCall<unknown, 'delete'>('delete', '/api/admin/people/{id}/second-factor', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('resetFactor.done'))
      onClose()
    },
  })
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={() => {
        reset.reset()
        onClose()
      }}
      onConfirm={() => reset.mutate({ path: { id } })}
      title={t('resetFactor.ask', { name })}
      text={t('resetFactor.text', { name })}
      action={t('resetFactor.title')}
      isPending={reset.isPending}
      error={reset.error}
    />
  )
}
