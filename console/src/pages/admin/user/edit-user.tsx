import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { hasAddress } from '../../../format/accounts.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { changed, type Faults, faultsIn, textOf, textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'

type User = Schema<'User'>

interface EditUserProps {
  readonly user: User
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Changes the address, the plan and the factor on all prices. */
export const EditUser = ({ user, isOpen, onClose }: EditUserProps) => {
  const { t } = useTranslation('admin-user')
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('edit.title')} description={t('edit.text')}>
      <EditForm user={user} onClose={onClose} />
    </Dialog>
  )
}

interface Draft {
  readonly email: string
  readonly plan: string
  readonly multiplier: string
}

const draftOf = (user: User): Draft => ({
  email: hasAddress(user) ? user.email : '',
  plan: textOf(user.plan),
  multiplier: user.rate_multiplier,
})
const faultsOf =
  (user: User) =>
  ({ email, multiplier }: Draft): Faults =>
    // One that has none yet may go on without.
    faultsIn({
      ...(hasAddress(user) && { email: ['required', email] as const }),
      rate_multiplier: ['factor', multiplier],
    })
const fieldsOf = ({ email, plan, multiplier }: Draft) => ({
  email: email.trim(),
  plan: textOrNull(plan),
  rate_multiplier: textOrNull(multiplier) ?? '1',
})

const EditForm = ({ user, onClose }: { readonly user: User; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-user')
  const plans = useList('/api/admin/plans', { query: { limit: 200 } })
  const save = useCall('patch', '/api/admin/users/{id}', {
    changes: ['/api/admin/users'],
    onSuccess: () => {
      toast(t('edit.done'))
      onClose()
    },
  })
  const { draft, change, errorOf, check } = useDraft(draftOf(user), faultsOf(user), save.error)
  const submit = (): void => {
    if (!check()) return
    const body = changed(fieldsOf(draftOf(user)), fieldsOf(draft))
    if (Object.keys(body).length === 0) onClose()
    else save.mutate({ path: { id: user.id }, body })
  }
  // The plan it has is there to choose before the list of plans has come.
  const ids = [...new Set([...(user.plan === null ? [] : [user.plan]), ...plans.rows.map(({ id }) => id)])]
  return (
    <Form onSubmit={submit} onCancel={onClose} isPending={save.isPending} error={save.error}>
      {!user.operator && (
        <Field label={t('email')} error={errorOf('email')} required={hasAddress(user)}>
          <Input type="email" value={draft.email} onChange={(event) => change({ email: event.target.value })} />
        </Field>
      )}
      <Field label={t('plan.label')} hint={t('plan.hint')} error={errorOf('plan')}>
        <Select
          value={draft.plan}
          onChange={(event) => change({ plan: event.target.value })}
          options={[{ value: '', label: t('plan.none') }, ...ids.map((id) => ({ value: id, label: id }))]}
        />
      </Field>
      <Field label={t('multiplier.label')} hint={t('multiplier.hint')} error={errorOf('rate_multiplier')} required>
        <Input
          inputMode="decimal"
          value={draft.multiplier}
          onChange={(event) => change({ multiplier: event.target.value })}
        />
      </Field>
    </Form>
  )
}
