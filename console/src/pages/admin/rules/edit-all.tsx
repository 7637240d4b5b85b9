import { useTranslation } from 'react-i18next'
import { refusalOf } from '../../../api/error.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import type { Faults } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Textarea } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'
import { asWritten, type Group, textOf } from './rule-form.ts'
import { rulesOfText } from './rule-text.ts'
import { useSaveRules } from './use-save-rules.ts'

export interface EditAllProps {
  readonly group: Group | undefined
  readonly onClose: () => void
}

/** Changes the rules of a group as JSON, all of them at once. */
export const EditAll = ({ group, onClose }: EditAllProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <Dialog
      isOpen={group !== undefined}
      onClose={onClose}
      title={t('all.title', { name: group?.id ?? '' })}
      description={t('all.text')}
      size="large"
    >
      {group && <EditForm group={group} onClose={onClose} />}
    </Dialog>
  )
}

const faultsOf = ({ rules }: { readonly rules: string }): Faults =>
  rulesOfText(rules) === undefined ? { rules: 'json' } : {}

const EditForm = ({ group, onClose }: { readonly group: Group; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-rules')
  const { error, isPending, save } = useSaveRules(group, () => {
    toast(t('all.done'))
    onClose()
  })
  const start = { rules: textOf(asWritten(group.rules ?? [])) }
  const { draft, change, errorOf, check } = useDraft(start, faultsOf, error)
  const submit = (): void => {
    const rules = rulesOfText(draft.rules)
    if (check() && rules) save(rules)
  }
  return (
    <Form onSubmit={submit} onCancel={onClose} isPending={isPending} error={error}>
      <Field
        label={t('rulesOf', { name: group.id })}
        hint={t('all.hint')}
        error={errorOf('rules') ?? refusalOf(error, 'id')}
      >
        <Textarea
          rows={18}
          spellCheck={false}
          className="font-mono text-sm"
          value={draft.rules}
          onChange={(event) => change({ rules: event.target.value })}
        />
      </Field>
    </Form>
  )
}
