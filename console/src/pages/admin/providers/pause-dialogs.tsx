import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import type { Provider } from './provider-form.ts'

export interface PauseProps {
  readonly subject: Provider | undefined
  readonly act: 'pause' | 'resume'
  readonly onClose: () => void
}

/** Has a provider asked nothing any more, or asked again; with a reason for those who look later. */
export const PauseProvider = ({ subject, act, onClose }: PauseProps) => {
  const { t } = useTranslation('admin-providers')
  const [reason, setReason] = useState('')
  const call = useCall<Provider>('post', `/api/admin/providers/{id}/${act}`, {
    changes: ['/api/admin/providers', '/api/admin/health'],
    onSuccess: () => {
      toast(t(`${act}.done`))
      close()
    },
  })
  const close = (): void => {
    call.reset()
    setReason('')
    onClose()
  }
  const body = reason.trim() === '' ? {} : { reason: reason.trim() }
  return (
    <ConfirmDialog
      isOpen={subject !== undefined}
      onClose={close}
      onConfirm={() => subject && call.mutate({ path: { id: subject.id }, body })}
      title={t(`${act}.title`, { name: subject?.id ?? '' })}
      text={t(`${act}.text`)}
      action={t(`${act}.action`)}
      kind={act === 'pause' ? 'danger' : 'primary'}
      isPending={call.isPending}
      error={call.error}
    >
      <Field label={t('reason.label')} hint={t('reason.hint')}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
