import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf } from '../../../api/error.ts'
import { useCall } from '../../../api/hooks.ts'
import { formatMoney, signOf } from '../../../format/money.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'

const KINDS = ['credit', 'promotional-credit', 'correction'] as const
const EMPTY = { amount: '', kind: 'credit', reason: '' }

export interface AdjustBalanceProps {
  readonly id: string
  /** What can be taken away; unknown while the balance is. */
  readonly available: string | undefined
  /** The name of the posting, made when the dialog is opened: sent twice, it is posted once. */
  readonly posting: string | undefined
  readonly onClose: () => void
}

/** Adds to what an account has, or takes away from it. */
export const AdjustBalance = ({ id, available, posting, onClose }: AdjustBalanceProps) => {
  const { t, i18n } = useTranslation('admin-user')
  const [draft, setDraft] = useState(EMPTY)
  const adjust = useCall('post', '/api/admin/users/{id}/credits', {
    changes: ['/api/admin/users', '/api/admin/ledger', '/api/admin/audit-log'],
    onSuccess: () => {
      toast(t('adjust.done'))
      close()
    },
  })
  const close = (): void => {
    setDraft(EMPTY)
    adjust.reset()
    onClose()
  }
  const { amount, kind, reason } = draft
  const errorOf = (field: string) => refusalOf(adjust.error, field)
  const confirm = (): void =>
    adjust.mutate({
      path: { id },
      body: { amount_usd: amount.trim(), kind, reason: reason.trim(), idempotency_key: posting },
    })
  const most =
    available === undefined
      ? ''
      : signOf(available) > 0
        ? t('adjust.most', { amount: formatMoney(available, i18n.language) })
        : t('adjust.nothing')
  return (
    <ConfirmDialog
      isOpen={posting !== undefined}
      onClose={close}
      onConfirm={confirm}
      title={t('adjust.title')}
      text={t('adjust.text')}
      action={t('adjust.action')}
      kind="primary"
      isPending={adjust.isPending}
      error={adjust.error}
    >
      <Field
        label={t('adjust.amount')}
        hint={`${t('adjust.amountHint')} ${most}`.trim()}
        error={errorOf('amount_usd')}
        required
      >
        <Input value={amount} onChange={(event) => setDraft({ ...draft, amount: event.target.value })} />
      </Field>
      <Field label={t('adjust.kind')} hint={t(`adjust.kinds.${kind}.text`)} error={errorOf('kind')}>
        <Select
          value={kind}
          onChange={(event) => setDraft({ ...draft, kind: event.target.value })}
          options={KINDS.map((value) => ({ value, label: t(`adjust.kinds.${value}.name`) }))}
        />
      </Field>
      <Field label={t('adjust.reason')} hint={t('adjust.reasonHint')} error={errorOf('reason')} required>
        <Input
          value={reason}
          maxLength={500}
          onChange={(event) => setDraft({ ...draft, reason: event.target.value })}
        />
      </Field>
    </ConfirmDialog>
  )
}
