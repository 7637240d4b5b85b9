import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { faultsIn } from '../../ui/draft.ts'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Input } from '../../ui/input.tsx'
import { useDraft } from '../../ui/use-draft.ts'

export interface AddressDialogProps {
  /** As it is now. */
  readonly email: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Asks for another address to sign in with; it counts once the link that is sent there was opened. */
export const AddressDialog = ({ email, isOpen, onClose }: AddressDialogProps) => {
  const { t } = useTranslation('settings')
  const [asked, setAsked] = useState<string>()
  const close = (): void => {
    setAsked(undefined)
    onClose()
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={t('address.title')}
      actions={asked !== undefined && <Button onClick={close}>{t('common:close')}</Button>}
    >
      {asked === undefined ? (
        <AddressForm email={email} onAsked={setAsked} onCancel={close} />
      ) : (
        <div role="status">
          <Notice tone="good">{t('address.asked', { email: asked })}</Notice>
        </div>
      )}
    </Dialog>
  )
}

interface AddressFormProps {
  readonly email: string
  readonly onAsked: (email: string) => void
  readonly onCancel: () => void
}

const AddressForm = ({ email, onAsked, onCancel }: AddressFormProps) => {
  const { t } = useTranslation('settings')
  const ask = useCall<unknown>('post', '/api/auth/change-email', { onSuccess: () => onAsked(draft.newEmail.trim()) })
  const { draft, change, errorOf, check } = useDraft(
    { newEmail: '', password: '' },
    ({ newEmail, password }) => faultsIn({ newEmail: ['required', newEmail], password: ['required', password] }),
    ask.error,
  )
  const submit = (): void => {
    if (check()) ask.mutate({ body: { ...draft, newEmail: draft.newEmail.trim() } })
  }
  return (
    <Form
      onSubmit={submit}
      onCancel={onCancel}
      action={t('address.action')}
      isPending={ask.isPending}
      error={ask.error}
    >
      <p>{t('address.text', { email })}</p>
      <Field label={t('address.new')} error={errorOf('newEmail')} required>
        <Input
          type="email"
          autoComplete="email"
          value={draft.newEmail}
          onChange={(event) => change({ newEmail: event.target.value })}
        />
      </Field>
      <Field label={t('password.current')} error={errorOf('password')} required>
        <Input
          type="password"
          autoComplete="current-password"
          value={draft.password}
          onChange={(event) => change({ password: event.target.value })}
        />
      </Field>
    </Form>
  )
}
