import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf } from '../../../api/error.ts'
import { useCall } from '../../../api/hooks.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Input } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { CHANGES } from './changes.ts'

/** What each sends. */
const BODIES = {
  disable: { disabled: true },
  enable: { disabled: false },
  promote: { administrator: true },
  demote: { administrator: false },
  prove: { email_verified: true },
} as const

export type PersonChange = keyof typeof BODIES

export interface ChangeDialogProps {
  readonly id: string
  readonly name: string
  readonly email: string
  /** `undefined`: closed. */
  readonly change: PersonChange | undefined
  readonly onClose: () => void
}

/** Asks before what somebody may is changed, and why. */
export const ChangeDialog = ({ id, name, email, change, onClose }: ChangeDialogProps) => {
  const { t } = useTranslation('admin-person')
  const [reason, setReason] = useState('')
  const close = (): void => {
    setReason('')
    save.reset()
    onClose()
  }
  const save = useCall('patch', '/api/admin/people/{id}', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('saved', { name }))
      close()
    },
  })
  const given = textOrNull(reason)
  const shown = change ?? 'disable'
  return (
    <ConfirmDialog
      isOpen={change !== undefined}
      onClose={close}
      onConfirm={() =>
        save.mutate({ path: { id }, body: { ...BODIES[shown], ...(given !== null && { reason: given }) } })
      }
      title={t(`${shown}.ask`, { name })}
      text={t(`${shown}.text`, { name, email })}
      action={t(`${shown}.title`)}
      kind={shown === 'disable' ? 'danger' : 'primary'}
      isPending={save.isPending}
      error={save.error}
    >
      <Field label={t('reason')} hint={t('reasonHint')} error={refusalOf(save.error, 'reason')}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
