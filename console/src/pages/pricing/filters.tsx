import { useTranslation } from 'react-i18next'
import { type PublicModel, type PublicModels, valuesIn } from '../../api/public-models.ts'
import { percentOff } from '../../format/percent.ts'
import { Field } from '../../ui/field.tsx'
import { Filters, SearchField } from '../../ui/filters.tsx'
import { Select } from '../../ui/input.tsx'

export const FILTERS = ['q', 'type', 'provider', 'plan'] as const

export type PriceFilters = Readonly<Record<(typeof FILTERS)[number], string>>

export interface PricingFiltersProps {
  readonly models: readonly PublicModel[]
  readonly plans: PublicModels['plans']
  readonly filters: PriceFilters
  readonly change: (changes: Partial<Record<(typeof FILTERS)[number], string>>) => void
}

/** Which models to show, and with which plan they are paid. */
export const PricingFilters = ({ models, plans, filters, change }: PricingFiltersProps) => {
  const { t, i18n } = useTranslation('pricing')
  const isSet = FILTERS.some((name) => filters[name] !== '')
  const select = (name: 'type' | 'provider', values: readonly string[]) => (
    <Field label={t(`filter.${name}`)}>
      <Select
        value={filters[name]}
        onChange={(event) => change({ [name]: event.target.value })}
        options={[{ value: '', label: t('filter.all') }, ...values.map((value) => ({ value, label: value }))]}
      />
    </Field>
  )
  const planOptions = plans.map(({ id, discount }) => ({
    value: id,
    label: t('planOff', { plan: id, percent: percentOff(discount, i18n.language) }),
  }))
  return (
    <Filters {...(isSet ? { onClear: () => change({ q: '', type: '', provider: '', plan: '' }) } : {})}>
      <SearchField label={t('filter.q')} value={filters.q} onChange={(q) => change({ q })} />
      {select('type', valuesIn(models.map(({ type }) => type)))}
      {select('provider', valuesIn(models.map(({ provider }) => provider)))}
      {plans.length > 0 && (
        <Field label={t('filter.plan')}>
          <Select
            value={filters.plan}
            onChange={(event) => change({ plan: event.target.value })}
            options={[{ value: '', label: t('noPlan') }, ...planOptions]}
          />
        </Field>
      )}
    </Filters>
  )
}
