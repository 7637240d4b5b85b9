import { useTranslation } from 'react-i18next'
import type { EntryKind, FieldsProps } from '../../../ui/entry-dialog.tsx'
import { Checkbox } from '../../../ui/choice.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { LimitFields } from '../../../ui/limit-fields.tsx'
import { draftOf, EMPTY_PLAN, faultsOf, fieldsOf, type Plan, type PlanDraft } from './plan-form.ts'

const PlanFields = ({ draft, onChange, errorOf }: FieldsProps<PlanDraft>) => {
  const { t } = useTranslation('admin-plans')
  return (
    <>
      <Field label={t('discount.label')} hint={t('discount.hint')} error={errorOf('discount')}>
        <Input
          inputMode="decimal"
          value={draft.discount}
          onChange={(event) => onChange({ discount: event.target.value })}
        />
      </Field>
      <Field label={t('price.label')} hint={t('price.hint')} error={errorOf('price_usd')}>
        <Input inputMode="decimal" value={draft.price} onChange={(event) => onChange({ price: event.target.value })} />
      </Field>
      <Checkbox
        label={t('sale.label')}
        hint={t('sale.hint')}
        checked={draft.isForSale}
        onChange={(isForSale) => onChange({ isForSale })}
      />
      <Field label={t('disconnect.label')} hint={t('disconnect.hint')} error={errorOf('on_disconnect')}>
        <Select
          value={draft.onDisconnect}
          onChange={(event) => onChange({ onDisconnect: event.target.value })}
          options={['', 'delivered', 'drain'].map((value) => ({ value, label: t(`disconnect.${value || 'usual'}`) }))}
        />
      </Field>
      <LimitFields
        legend={t('limits')}
        draft={draft.limits}
        onChange={(limits) => onChange({ limits })}
        errorOf={errorOf}
      />
    </>
  )
}

/** How a plan is made and changed. */
export const PLAN: EntryKind<Plan, PlanDraft> = {
  namespace: 'admin-plans',
  path: '/api/admin/plans',
  changes: ['/api/admin/plans', '/api/admin/limits', '/api/me/plans'],
  empty: EMPTY_PLAN,
  draftOf,
  faultsOf,
  fieldsOf,
  Fields: PlanFields,
}
