import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { timeOfField } from '../../../format/times.ts'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { Notice } from '../../../ui/badge.tsx'
import { countOrNull, type Faults, faultsIn, given, textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input } from '../../../ui/input.tsx'
import { OnceDialog } from '../../../ui/once-dialog.tsx'
import { useDraft } from '../../../ui/use-draft.ts'

const EMPTY = { amount: '', count: '1', uses: '1', expires: '', note: '', prefix: '' }

const faultsOf = ({ amount, count, uses }: typeof EMPTY): Faults => ({
  ...faultsIn({ amount_usd: ['amount', amount], count: ['count', count], uses_max: ['count', uses] }),
  ...faultsIn({ ...(amount.trim() === '' && { amount_usd: ['required', amount] as const }) }),
})

/** Makes codes; they are shown once. */
export const MakeCodes = (props: { readonly isOpen: boolean; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-codes')
  return (
    <OnceDialog<readonly string[]>
      {...props}
      title={t('make.title')}
      doneTitle={(codes) => t('made.title', { count: codes.length })}
      doneAction={t('made.done')}
      show={(codes) => (
        <div className="flex flex-col gap-3">
          <Notice tone="warn">{t('made.text')}</Notice>
          <CodeBlock code={codes.join('\n')} title={t('made.list')} />
        </div>
      )}
    >
      {(onMade, close) => <MakeForm onMade={onMade} onCancel={close} />}
    </OnceDialog>
  )
}

interface MakeFormProps {
  readonly onMade: (codes: readonly string[]) => void
  readonly onCancel: () => void
}

const MakeForm = ({ onMade, onCancel }: MakeFormProps) => {
  const { t } = useTranslation('admin-codes')
  const make = useCall('post', '/api/admin/redemption-codes', {
    changes: ['/api/admin/redemption-codes'],
    onSuccess: ({ data }) => onMade(data.map(({ code }) => code)),
  })
  const { draft, change, errorOf, check } = useDraft(EMPTY, faultsOf, make.error)
  const submit = (): void => {
    if (!check()) return
    const { amount, count, uses, expires, note, prefix } = draft
    const whole = { count: countOrNull(count), uses_max: countOrNull(uses), expires_at: timeOfField(expires) || null }
    make.mutate({
      body: given({ amount_usd: amount.trim(), ...whole, note: textOrNull(note), prefix: textOrNull(prefix) }),
    })
  }
  const input = (name: keyof typeof EMPTY) => ({
    value: draft[name],
    onChange: (event: { readonly target: { readonly value: string } }) => change({ [name]: event.target.value }),
  })
  return (
    <Form onSubmit={submit} onCancel={onCancel} action={t('make.action')} isPending={make.isPending} error={make.error}>
      <Field label={t('make.amount')} hint={t('make.amountHint')} error={errorOf('amount_usd')} required>
        <Input inputMode="decimal" placeholder="5.00" {...input('amount')} />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('make.count')} error={errorOf('count')}>
          <Input inputMode="numeric" {...input('count')} />
        </Field>
        <Field label={t('make.uses')} error={errorOf('uses_max')}>
          <Input inputMode="numeric" {...input('uses')} />
        </Field>
        <Field label={t('make.expires')} hint={t('make.expiresHint')} error={errorOf('expires_at')}>
          <Input type="datetime-local" {...input('expires')} />
        </Field>
        <Field label={t('make.prefix')} hint={t('make.prefixHint')} error={errorOf('prefix')}>
          <Input placeholder="TG" maxLength={16} spellCheck={false} {...input('prefix')} />
        </Field>
      </div>
      <Field label={t('note')} hint={t('make.noteHint')} error={errorOf('note')}>
        <Input maxLength={500} {...input('note')} />
      </Field>
    </Form>
  )
}
