import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { Checkbox } from '../../../ui/choice.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { faultsIn, given, textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'
import { CHANGES } from './changes.ts'

export interface ChangeAddressProps {
  readonly id: string
  readonly email: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Gives somebody another address to sign in with. */
export const ChangeAddress = ({ isOpen, onClose, ...person }: ChangeAddressProps) => {
  const { t } = useTranslation('admin-person')
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('address.title')} description={t('address.text')}>
      <AddressForm {...person} onClose={onClose} />
    </Dialog>
  )
}

const AddressForm = ({ id, email, onClose }: Omit<ChangeAddressProps, 'isOpen'>) => {
  const { t } = useTranslation('admin-person')
  const save = useCall('patch', '/api/admin/people/{id}', {
    changes: CHANGES,
    onSuccess: ({ name }) => {
      toast(t('saved', { name }))
      onClose()
    },
  })
  const { draft, change, errorOf, check } = useDraft(
    { email, isProven: false, reason: '' },
    (typed) => faultsIn({ email: ['required', typed.email] }),
    save.error,
  )
  const submit = (): void => {
    if (!check()) return
    const fields = { email: draft.email.trim(), reason: textOrNull(draft.reason) }
    save.mutate({ path: { id }, body: { ...given(fields), ...(draft.isProven && { email_verified: true }) } })
  }
  return (
    <Form onSubmit={submit} onCancel={onClose} isPending={save.isPending} error={save.error}>
      <Field label={t('email')} error={errorOf('email')} required>
        <Input
          type="email"
          autoComplete="off"
          value={draft.email}
          onChange={(event) => change({ email: event.target.value })}
        />
      </Field>
      <Checkbox
        label={t('address.proven')}
        hint={t('address.provenHint')}
        checked={draft.isProven}
        onChange={(isProven) => change({ isProven })}
      />
      <Field label={t('reason')} hint={t('reasonHint')} error={errorOf('reason')}>
        <Input value={draft.reason} maxLength={500} onChange={(event) => change({ reason: event.target.value })} />
      </Field>
    </Form>
  )
}
