import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../../api/hooks.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { type Faults, faultsIn, given, textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'

const EMPTY = { email: '', plan: '', multiplier: '' }

const faultsOf = ({ email, multiplier }: typeof EMPTY): Faults =>
  faultsIn({ email: ['required', email], rate_multiplier: ['factor', multiplier] })

/** Opens an account for somebody. */
export const CreateUser = ({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-users')
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('create.title')} description={t('create.text')}>
      <CreateForm onClose={onClose} />
    </Dialog>
  )
}

const CreateForm = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-users')
  const plans = useList('/api/admin/plans', { query: { limit: 200 } })
  const create = useCall('post', '/api/admin/users', {
    changes: ['/api/admin/users'],
    onSuccess: () => {
      toast(t('create.done'))
      onClose()
    },
  })
  const { draft, change, errorOf, check } = useDraft(EMPTY, faultsOf, create.error)
  const submit = (): void => {
    if (!check()) return
    const { email, plan, multiplier } = draft
    create.mutate({
      body: given({ email: email.trim(), plan: textOrNull(plan), rate_multiplier: textOrNull(multiplier) }),
    })
  }
  return (
    <Form
      onSubmit={submit}
      onCancel={onClose}
      action={t('create.action')}
      isPending={create.isPending}
      error={create.error}
    >
      <Field label={t('email.label')} error={errorOf('email')} required>
        <Input
          type="email"
          autoComplete="off"
          value={draft.email}
          onChange={(event) => change({ email: event.target.value })}
        />
      </Field>
      <Field label={t('plan.label')} hint={t('plan.hint')} error={errorOf('plan')}>
        <Select
          value={draft.plan}
          onChange={(event) => change({ plan: event.target.value })}
          options={[{ value: '', label: t('plan.none') }, ...plans.rows.map(({ id }) => ({ value: id, label: id }))]}
        />
      </Field>
      <Field label={t('multiplier.label')} hint={t('multiplier.hint')} error={errorOf('rate_multiplier')}>
        <Input
          inputMode="decimal"
          placeholder="1"
          value={draft.multiplier}
          onChange={(event) => change({ multiplier: event.target.value })}
        />
      </Field>
    </Form>
  )
}
