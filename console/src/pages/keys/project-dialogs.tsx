import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import type { Schema } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CancelButton, ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { toast } from '../../ui/toast.tsx'
import { BudgetFields } from './budget-fields.tsx'
import { useFormState } from './form-state.ts'
import {
  type BudgetDraft,
  budgetDraftOf,
  budgetFaultsOf,
  changedBudgetsOf,
  type Faults,
  NO_BUDGETS,
} from './key-form.ts'

export type Project = Schema<'Project'>

interface ProjectDraft {
  readonly name: string
  readonly budgets: BudgetDraft
}

const faultsOf = ({ name, budgets }: ProjectDraft): Faults => ({
  ...(name.trim() === '' && { name: 'required' }),
  ...budgetFaultsOf(budgets),
})

/** Keys hold the names and ends of their projects too. */
const CHANGES = ['/api/me/projects', '/api/me/keys']

export interface ProjectDialogProps {
  /** `new`: one is made; `undefined`: closed. */
  readonly subject: Project | 'new' | undefined
  readonly onClose: () => void
}

/** Makes a project, or changes one. */
export const EditProject = ({ subject, onClose }: ProjectDialogProps) => {
  const { t } = useTranslation('keys')
  const title = subject === 'new' ? t('projects.create') : t('edit.title', { name: subject?.name ?? '' })
  return (
    <Dialog isOpen={subject !== undefined} onClose={onClose} title={title} description={t('projects.text')}>
      {subject && <ProjectForm subject={subject === 'new' ? undefined : subject} onClose={onClose} />}
    </Dialog>
  )
}

const ProjectForm = ({ subject, onClose }: { readonly subject: Project | undefined; readonly onClose: () => void }) => {
  const { t } = useTranslation('keys')
  const done = (): void => {
    toast(t('projects.saved'))
    onClose()
  }
  const create = useCall('post', '/api/me/projects', { changes: CHANGES, onSuccess: done })
  const save = useCall('patch', '/api/me/projects/{id}', { changes: CHANGES, onSuccess: done })
  const before = subject ? budgetDraftOf(subject) : NO_BUDGETS
  const error = create.error ?? save.error
  const start: ProjectDraft = { name: subject?.name ?? '', budgets: before }
  const { draft, change, errorOf, check } = useFormState(start, faultsOf, error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!check()) return
    const body = { name: draft.name.trim(), ...changedBudgetsOf(before, draft.budgets) }
    if (subject) save.mutate({ path: { id: subject.id }, body })
    else create.mutate({ body })
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pb-2">
      <Field label={t('name.label')} error={errorOf('name')} required>
        <Input value={draft.name} maxLength={200} onChange={(event) => change({ name: event.target.value })} />
      </Field>
      <BudgetFields budgets={draft.budgets} onChange={(budgets) => change({ budgets })} errorOf={errorOf} />
      <ErrorNote error={error} />
      <div className="flex flex-wrap justify-end gap-2">
        <CancelButton onCancel={onClose} />
        <Button kind="primary" type="submit" isPending={create.isPending || save.isPending}>
          {subject ? t('common:save') : t('projects.action')}
        </Button>
      </div>
    </form>
  )
}

/** Ends a project and revokes its keys, once that was confirmed. */
export const EndProject = ({
  subject,
  onClose,
}: {
  readonly subject: Project | undefined
  readonly onClose: () => void
}) => {
  const { t } = useTranslation('keys')
  const end = useCall('delete', '/api/me/projects/{id}', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('projects.ended'))
      onClose()
    },
  })
  return (
    <ConfirmDialog
      isOpen={subject !== undefined}
      onClose={() => {
        end.reset()
        onClose()
      }}
      onConfirm={() => subject && end.mutate({ path: { id: subject.id } })}
      title={t('projects.endTitle', { name: subject?.name ?? '' })}
      text={t('projects.endText')}
      action={t('projects.end')}
      isPending={end.isPending}
      error={end.error}
    />
  )
}
