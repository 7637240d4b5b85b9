import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { changed, given } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input } from '../../../ui/input.tsx'
import { LimitFields } from '../../../ui/limit-fields.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'
import { KeyField, SpendFields } from './key-fields.tsx'
import { type KeyDraft, keyDraftOf, keyFaultsOf, keyFieldsOf, newKeyFaultsOf, type ProviderKey } from './key-form.ts'

const CHANGES = ['/api/admin/providers', '/api/admin/health']

export interface KeyDialogProps {
  /** Of which provider; `undefined`: closed. */
  readonly provider: string | undefined
  /** Left out: a new one. */
  readonly subject?: ProviderKey | undefined
  readonly onClose: () => void
}

/** Adds a key to a provider, or changes one and what it may do. */
export const KeyDialog = ({ provider, subject, onClose }: KeyDialogProps) => {
  const { t } = useTranslation('admin-providers')
  const title = subject ? t('key.editTitle', { name: subject.id }) : t('key.addTitle', { name: provider ?? '' })
  return (
    <Dialog isOpen={provider !== undefined} onClose={onClose} title={title}>
      {provider !== undefined &&
        (subject ? (
          <EditKey provider={provider} subject={subject} onClose={onClose} />
        ) : (
          <AddKey provider={provider} onClose={onClose} />
        ))}
    </Dialog>
  )
}

interface OpenProps {
  readonly provider: string
  readonly onClose: () => void
}

const AddKey = ({ provider, onClose }: OpenProps) => {
  const { t } = useTranslation('admin-providers')
  const add = useCall('post', '/api/admin/providers/{id}/keys', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('key.added'))
      onClose()
    },
  })
  const { draft, change, errorOf, check } = useDraft(keyDraftOf(), newKeyFaultsOf, add.error)
  const submit = (): void => {
    if (!check()) return
    const id = draft.id.trim()
    const body = { key: draft.key.trim(), ...(id !== '' && { id }), ...given(keyFieldsOf(draft)) }
    add.mutate({ path: { id: provider }, body })
  }
  return (
    <Form onSubmit={submit} onCancel={onClose} action={t('key.add')} isPending={add.isPending} error={add.error}>
      <Field label={t('key.id')} hint={t('key.idHint')} error={errorOf('id')}>
        <Input
          value={draft.id}
          maxLength={64}
          spellCheck={false}
          onChange={(event) => change({ id: event.target.value })}
        />
      </Field>
      <KeyFields draft={draft} onChange={change} errorOf={errorOf} isNew />
    </Form>
  )
}

const EditKey = ({ provider, subject, onClose }: OpenProps & { readonly subject: ProviderKey }) => {
  const { t } = useTranslation('admin-providers')
  const save = useCall('patch', '/api/admin/providers/{id}/keys/{keyId}', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('key.saved'))
      onClose()
    },
  })
  const { draft, change, errorOf, check } = useDraft(keyDraftOf(subject), keyFaultsOf, save.error)
  const submit = (): void => {
    if (!check()) return
    const key = draft.key.trim()
    const fields = changed(keyFieldsOf(keyDraftOf(subject)), keyFieldsOf(draft))
    const body = { ...fields, ...(key !== '' && { key }) }
    const path = { id: provider, keyId: subject.id }
    if (Object.keys(body).length === 0) onClose()
    else save.mutate({ path, body: { ...body, version: subject.version ?? undefined } })
  }
  return (
    <Form onSubmit={submit} onCancel={onClose} isPending={save.isPending} error={save.error}>
      <KeyFields draft={draft} onChange={change} errorOf={errorOf} isNew={false} />
    </Form>
  )
}

interface FieldsProps {
  readonly draft: KeyDraft
  readonly onChange: (changes: Partial<KeyDraft>) => void
  readonly errorOf: (field: string) => string | undefined
  readonly isNew: boolean
}

const KeyFields = ({ draft, onChange, errorOf, isNew }: FieldsProps) => {
  const { t } = useTranslation('admin-providers')
  return (
    <>
      <KeyField
        label={isNew ? t('key.secret') : t('key.replace')}
        hint={isNew ? t('key.secretHint') : t('key.replaceHint')}
        error={errorOf('key')}
        required={isNew}
        value={draft.key}
        onChange={(key) => onChange({ key })}
      />
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label={t('key.weight')} hint={t('key.weightHint')} error={errorOf('weight')}>
          <Input
            inputMode="numeric"
            value={draft.weight}
            onChange={(event) => onChange({ weight: event.target.value })}
          />
        </Field>
        <SpendFields draft={draft} onChange={onChange} errorOf={errorOf} />
      </div>
      <LimitFields
        legend={t('key.limits')}
        draft={draft.limits}
        onChange={(limits) => onChange({ limits })}
        errorOf={errorOf}
      />
    </>
  )
}
