import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { Button } from '../../ui/button.tsx'
import { CancelButton, Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { toast } from '../../ui/toast.tsx'
import { useFormState } from './form-state.ts'
import { KeyFields } from './key-fields.tsx'
import { changesOf, draftOf, faultsOf, type Key } from './key-form.ts'

export interface KeyDialogProps {
  /** `undefined`: closed. */
  readonly subject: Key | undefined
  readonly onClose: () => void
}

/** Changes what can be changed of a key. */
export const EditKey = ({ subject, onClose }: KeyDialogProps) => {
  const { t } = useTranslation('keys')
  return (
    <Dialog isOpen={subject !== undefined} onClose={onClose} title={t('edit.title', { name: subject?.name ?? '' })}>
      {subject && <EditForm subject={subject} onClose={onClose} />}
    </Dialog>
  )
}

const EditForm = ({ subject, onClose }: { readonly subject: Key; readonly onClose: () => void }) => {
  const { t } = useTranslation('keys')
  const save = useCall('patch', '/api/me/keys/{id}', {
    changes: ['/api/me/keys'],
    onSuccess: () => {
      toast(t('edit.saved'))
      onClose()
    },
  })
  const { draft, change, errorOf, check } = useFormState(draftOf(subject), faultsOf, save.error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!check()) return
    const body = changesOf(subject, draft)
    if (Object.keys(body).length === 0) onClose()
    else save.mutate({ path: { id: subject.id }, body })
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pb-2">
      <KeyFields draft={draft} onChange={change} errorOf={errorOf} isNew={false} groups={[]} />
      <p className="text-sm text-muted">{t('edit.fixed')}</p>
      <ErrorNote error={save.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <CancelButton onCancel={onClose} />
        <Button kind="primary" type="submit" isPending={save.isPending}>
          {t('common:save')}
        </Button>
      </div>
    </form>
  )
}
