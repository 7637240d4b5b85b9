import { useTranslation } from 'react-i18next'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { type BudgetDraft, budgetField, WINDOWS } from './key-form.ts'

export interface BudgetFieldsProps {
  readonly budgets: BudgetDraft
  readonly onChange: (budgets: BudgetDraft) => void
  readonly errorOf: (field: string) => string | undefined
}

/** What may be spent, in all and in each window that begins anew. */
export const BudgetFields = ({ budgets, onChange, errorOf }: BudgetFieldsProps) => {
  const { t } = useTranslation('keys')
  return (
    <FieldGroup legend={t('budget.legend')} hint={t('budget.hint')}>
      <div className="grid gap-3 sm:grid-cols-2 md:grid-cols-3">
        {WINDOWS.map((window) => (
          <Field key={window} label={t(`budget.${window}`)} error={errorOf(budgetField(window))}>
            <Input
              inputMode="decimal"
              placeholder={t('budget.none')}
              value={budgets[window]}
              onChange={(event) => onChange({ ...budgets, [window]: event.target.value })}
            />
          </Field>
        ))}
      </div>
    </FieldGroup>
  )
}
