import { useTranslation } from 'react-i18next'
import { useModelIds } from '../../../api/admin-lists.ts'
import { useCall } from '../../../api/hooks.ts'
import { Combobox } from '../../../ui/combobox.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { faultsIn } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'
import type { ModelName, NameKind } from './names-tab.tsx'

/** What the API calls the model that is meant. */
const TARGETS = { aliases: 'model', retired: 'successor' } as const

export interface NameDialogProps {
  readonly kind: NameKind
  readonly subject: ModelName | 'new' | undefined
  readonly onClose: () => void
}

/** Makes a name, or has it mean another model. */
export const NameDialog = ({ kind, subject, onClose }: NameDialogProps) => {
  const { t } = useTranslation('admin-models')
  const title = subject === 'new' ? t(`${kind}.add`) : t('editName.title', { name: subject?.id ?? '' })
  return (
    <Dialog isOpen={subject !== undefined} onClose={onClose} title={title}>
      {subject !== undefined && <NameForm kind={kind} subject={subject} onClose={onClose} />}
    </Dialog>
  )
}

const NameForm = ({ kind, subject, onClose }: NameDialogProps & { readonly subject: ModelName | 'new' }) => {
  const { t } = useTranslation('admin-models')
  const models = useModelIds()
  const target = TARGETS[kind]
  const before = subject === 'new' ? { id: '', target: '' } : { id: subject.id, target: subject.target }
  const options = {
    changes: [`/api/admin/${kind}`],
    onSuccess: () => {
      toast(t('editName.done'))
      onClose()
    },
  }
  const add = useCall<unknown, 'post'>('post', `/api/admin/${kind}`, options)
  const save = useCall<unknown, 'patch'>('patch', `/api/admin/${kind}/{id}`, options)
  const error = add.error ?? save.error
  const { draft, change, errorOf, check } = useDraft(
    before,
    (now) => faultsIn({ id: ['required', now.id], [target]: ['required', now.target] }),
    error,
  )
  const submit = (): void => {
    if (!check()) return
    const meant = { [target]: draft.target.trim() }
    if (subject === 'new') add.mutate({ body: { id: draft.id.trim(), ...meant } })
    else save.mutate({ path: { id: subject.id }, body: { ...meant, version: subject.version ?? undefined } })
  }
  return (
    <Form onSubmit={submit} onCancel={onClose} isPending={add.isPending || save.isPending} error={error}>
      {subject === 'new' && (
        <Field label={t('name.label')} hint={t(`${kind}.nameHint`)} error={errorOf('id')} required>
          <Input
            value={draft.id}
            maxLength={200}
            spellCheck={false}
            onChange={(event) => change({ id: event.target.value })}
          />
        </Field>
      )}
      <Field label={t(`${kind}.target`)} hint={t('name.targetHint')} error={errorOf(target)} required>
        <Combobox
          value={draft.target}
          options={models.map((model) => ({ value: model, label: model }))}
          onChange={(chosen) => change({ target: chosen })}
          allowsOther
        />
      </Field>
    </Form>
  )
}
