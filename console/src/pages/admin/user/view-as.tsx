import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf } from '../../../api/error.ts'
import { useCall } from '../../../api/hooks.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Input } from '../../../ui/input.tsx'

export interface ViewAsProps {
  readonly id: string
  readonly email: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Looks at the console as the members of this organisation see it, without changing anything. */
export const ViewAs = ({ id, email, isOpen, onClose }: ViewAsProps) => {
  const { t } = useTranslation('admin-user')
  const [reason, setReason] = useState('')
  const view = useCall('post', '/api/admin/users/{id}/impersonate', {
    // Loaded anew: nothing that was read in another's name is left.
    onSuccess: () => location.assign('/console'),
  })
  const close = (): void => {
    setReason('')
    view.reset()
    onClose()
  }
  const given = textOrNull(reason)
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={close}
      onConfirm={() => view.mutate({ path: { id }, body: given === null ? {} : { reason: given } })}
      title={t('view.title', { email })}
      text={t('view.text')}
      action={t('view.action')}
      kind="primary"
      isPending={view.isPending || view.isSuccess}
      error={view.error}
    >
      <Field label={t('view.reason')} hint={t('view.reasonHint')} error={refusalOf(view.error, 'reason')}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
