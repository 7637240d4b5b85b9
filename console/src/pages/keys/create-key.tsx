import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { rememberKey } from '../../app/fresh-key.ts'
import { Button } from '../../ui/button.tsx'
import { CancelButton, Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { useFormState } from './form-state.ts'
import { KeyFields } from './key-fields.tsx'
import { EMPTY_DRAFT, faultsOf, newKeyOf } from './key-form.ts'
import { type IssuedKey, NewSecret } from './new-secret.tsx'

export interface CreateKeyProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly groups: readonly string[]
}

/** Makes a key: first what it may do, then its secret, which stays until it is put away on purpose. */
export const CreateKey = ({ isOpen, onClose, groups }: CreateKeyProps) => {
  const { t } = useTranslation('keys')
  const [issued, setIssued] = useState<IssuedKey>()
  const close = (): void => {
    setIssued(undefined)
    onClose()
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      isInsistent={issued !== undefined}
      title={issued ? t('secret.title', { name: issued.name }) : t('create.title')}
      actions={
        issued ? (
          <Button kind="primary" onClick={close}>
            {t('secret.done')}
          </Button>
        ) : undefined
      }
    >
      {issued ? <NewSecret issued={issued} /> : <CreateForm groups={groups} onCreated={setIssued} onCancel={close} />}
    </Dialog>
  )
}

interface CreateFormProps {
  readonly groups: readonly string[]
  readonly onCreated: (issued: IssuedKey) => void
  readonly onCancel: () => void
}

const CreateForm = ({ groups, onCreated, onCancel }: CreateFormProps) => {
  const { t } = useTranslation('keys')
  const create = useCall('post', '/api/me/keys', {
    changes: ['/api/me/keys'],
    onSuccess: (issued) => {
      rememberKey(issued.key)
      onCreated(issued)
    },
  })
  const { draft, change, errorOf, check } = useFormState(EMPTY_DRAFT, faultsOf, create.error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (check()) create.mutate({ body: newKeyOf(draft) })
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pb-2">
      <KeyFields draft={draft} onChange={change} errorOf={errorOf} isNew groups={groups} />
      <ErrorNote error={create.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <CancelButton onCancel={onCancel} />
        <Button kind="primary" type="submit" isPending={create.isPending}>
          {t('create.action')}
        </Button>
      </div>
    </form>
  )
}
