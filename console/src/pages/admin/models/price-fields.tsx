import { useTranslation } from 'react-i18next'
import { Field, FieldGroup } from '../../../ui/field.tsx'
import { Folded } from '../../../ui/form.tsx'
import { Input, Textarea } from '../../../ui/input.tsx'
import { FEES, type PriceDraft, TOKEN_PRICES } from './price-form.ts'

export interface PriceFieldsProps {
  readonly draft: PriceDraft
  readonly onChange: (changes: Partial<PriceDraft>) => void
  readonly errorOf: (field: string) => string | undefined
}

/** A whole price: what is left empty follows from input, or is not sold. */
export const PriceFields = (props: PriceFieldsProps) => {
  const { draft, onChange, errorOf } = props
  const { t } = useTranslation('admin-models')
  return (
    <>
      <Amounts {...props} names={TOKEN_PRICES} legend={t('tokens.legend')} hint={t('tokens.hint')} />
      <Folded title={t('fees.legend')} isOpen={FEES.some((name) => (draft.amounts[name] ?? '') !== '')}>
        <Amounts {...props} names={FEES} legend={t('fees.each')} hint={t('fees.hint')} />
      </Folded>
      <Folded title={t('tiers.label')} isOpen={draft.tiers !== '' || errorOf('tiers') !== undefined}>
        <Field label={t('tiers.json')} hint={t('tiers.hint')} error={errorOf('tiers') ?? errorOf('service_tiers')}>
          <Textarea
            rows={8}
            spellCheck={false}
            className="font-mono text-sm"
            value={draft.tiers}
            onChange={(event) => onChange({ tiers: event.target.value })}
          />
        </Field>
      </Folded>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('from.label')} hint={t('from.hint')} error={errorOf('effective_from')}>
          <Input
            type="datetime-local"
            value={draft.from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
        </Field>
        <Field label={t('reason.label')} hint={t('reason.hint')} error={errorOf('reason')}>
          <Input value={draft.reason} maxLength={500} onChange={(event) => onChange({ reason: event.target.value })} />
        </Field>
      </div>
    </>
  )
}

interface AmountsProps extends PriceFieldsProps {
  readonly names: readonly (keyof PriceDraft['amounts'])[]
  readonly legend: string
  readonly hint: string
}

const Amounts = ({ names, legend, hint, draft, onChange, errorOf }: AmountsProps) => {
  const { t } = useTranslation('admin-models')
  return (
    <FieldGroup legend={legend} hint={hint}>
      <div className="grid gap-3 sm:grid-cols-2 md:grid-cols-3">
        {names.map((name) => (
          <Field key={name} label={t(`price.${name}`)} error={errorOf(name)} required={name === 'input'}>
            <Input
              inputMode="decimal"
              value={draft.amounts[name] ?? ''}
              onChange={(event) => onChange({ amounts: { ...draft.amounts, [name]: event.target.value } })}
            />
          </Field>
        ))}
      </div>
    </FieldGroup>
  )
}
