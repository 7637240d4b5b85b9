import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { fitsText, type PublicModel, usePublicModels, valuesIn } from '../../api/public-models.ts'
import { useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { SignInLink } from '../../app/sign-in-link.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Filters, SearchField } from '../../ui/filters.tsx'
import { Select } from '../../ui/input.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { columnsOf } from './columns.tsx'
import { Retired } from './retired.tsx'

const NAMES = ['q', 'type', 'provider', 'can'] as const

/** Every model that is served here, found by name, type, maker and what it can do. */
export default function ModelsPage() {
  const { t } = useTranslation('models')
  const [filters, change] = useFilters(NAMES)
  const { isSignedIn, organisation } = useSession()
  const source = usePublicModels(isSignedIn && organisation !== undefined)
  const columns = useMemo(() => columnsOf(t), [t])
  const all = source.data?.data ?? []
  const rows = useMemo(() => all.filter((model) => fits(model, filters)), [all, filters])
  if (source.isHidden)
    return (
      <>
        <PageHeader title={t('title')} />
        <EmptyState
          title={t('hidden.title')}
          text={t('hidden.text')}
          action={!isSignedIn && <SignInLink to="/models" />}
        />
      </>
    )
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t(source.isOwn ? 'ownText' : 'text')}
        actions={<ButtonLink to="/docs/pricing">{t('prices')}</ButtonLink>}
      />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        source={source}
        toolbar={<ModelFilters models={all} filters={filters} change={change} />}
        empty={<EmptyState title={t('empty.title')} text={t(all.length === 0 ? 'empty.none' : 'empty.text')} />}
      />
      <p role="status" className="mt-2 text-sm text-muted">
        {t('count', { count: rows.length })}
      </p>
      <Retired names={source.data?.retired ?? []} />
    </>
  )
}

type ModelFiltersOf = Readonly<Record<(typeof NAMES)[number], string>>

const fits = (model: PublicModel, { q, type, provider, can }: ModelFiltersOf): boolean =>
  fitsText(model, q) &&
  (type === '' || model.type === type) &&
  (provider === '' || model.provider === provider) &&
  (can === '' || model.capabilities.includes(can))

const ModelFilters = ({
  models,
  filters,
  change,
}: {
  readonly models: readonly PublicModel[]
  readonly filters: ModelFiltersOf
  readonly change: (changes: Partial<Record<(typeof NAMES)[number], string>>) => void
}) => {
  const { t } = useTranslation('models')
  const isSet = NAMES.some((name) => filters[name] !== '')
  const select = (name: 'type' | 'provider' | 'can', values: readonly string[], labelOf: (value: string) => string) => (
    <Field label={t(`filter.${name}`)}>
      <Select
        value={filters[name]}
        onChange={(event) => change({ [name]: event.target.value })}
        options={[{ value: '', label: t('filter.all') }, ...values.map((value) => ({ value, label: labelOf(value) }))]}
      />
    </Field>
  )
  return (
    <Filters {...(isSet ? { onClear: () => change({ q: '', type: '', provider: '', can: '' }) } : {})}>
      <SearchField label={t('filter.q')} value={filters.q} onChange={(q) => change({ q })} />
      {select('type', valuesIn(models.map(({ type }) => type)), (type) => t(`type.${type}`, type))}
      {select('provider', valuesIn(models.map(({ provider }) => provider)), (provider) => provider)}
      {select('can', valuesIn(models.flatMap(({ capabilities }) => capabilities)), (can) => t(`can.${can}`, can))}
    </Filters>
  )
}
