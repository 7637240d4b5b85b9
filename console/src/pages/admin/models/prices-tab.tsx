import { Tag } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOfferedModelIds, useStandingPrices } from '../../../api/admin-lists.ts'
import { useFilters } from '../../../app/navigate.ts'
import { Button } from '../../../ui/button.tsx'
import { DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Filters, SearchField } from '../../../ui/filters.tsx'
import { Select } from '../../../ui/input.tsx'
import { columnsOf } from './columns.tsx'
import { PriceHistory } from './history.tsx'
import { FILTERS, isWanted, rowsOf } from './model-rows.ts'
import { SetPrice } from './set-price.tsx'

/** Every model with what the catalogue says it costs and what was set instead. */
export const PricesTab = () => {
  const { t } = useTranslation('admin-models')
  const [filters, change] = useFilters(['q', 'which', 'model'])
  const [setting, setSetting] = useState<string>()
  const prices = useStandingPrices()
  const offered = useOfferedModelIds()
  // Before prices are known, none of those that are offered is known to have none.
  const all = useMemo(
    () =>
      prices.data
        ? rowsOf(
            prices.data.pages.flatMap(({ data }) => data),
            prices.hasNextPage ? [] : offered,
          )
        : [],
    [prices.data, prices.hasNextPage, offered],
  )
  const { q, which } = filters
  const rows = useMemo(() => all.filter((row) => isWanted(row, q, which)), [all, q, which])
  const columns = useMemo(
    () => columnsOf(t, (act, { id }) => (act === 'history' ? change({ model: id }) : setSetting(id))),
    [t, change],
  )
  const isNarrowed = q !== '' || which !== ''
  const clear = (): void => change({ q: '', which: '' })
  return (
    <>
      <DataTable
        label={t('tab.prices')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        // It is read to its end by itself.
        source={{ isPending: prices.isPending, error: prices.error, refetch: prices.refetch }}
        onOpen={({ id }) => change({ model: id })}
        toolbar={
          <Filters {...(isNarrowed && { onClear: clear })}>
            <SearchField label={t('model')} value={q} onChange={(text) => change({ q: text })} />
            <Field label={t('which.label')}>
              <Select
                value={which}
                onChange={(event) => change({ which: event.target.value })}
                options={['', ...FILTERS].map((value) => ({ value, label: t(`which.${value || 'all'}`) }))}
              />
            </Field>
          </Filters>
        }
        empty={<NoModel onClear={isNarrowed ? clear : undefined} />}
      />
      <p role="status" className="mt-2 text-sm text-muted">
        {t('count', { count: rows.length })}
      </p>
      <PriceHistory
        model={filters.model}
        onClose={() => change({ model: '' })}
        onSet={() => setSetting(filters.model)}
      />
      <SetPrice
        model={setting}
        before={all.find(({ id }) => id === setting)?.inForce}
        onClose={() => setSetting(undefined)}
      />
    </>
  )
}

const NoModel = ({ onClear }: { readonly onClear: (() => void) | undefined }) => {
  const { t } = useTranslation('admin-models')
  return (
    <EmptyState
      icon={Tag}
      title={t('empty')}
      action={onClear && <Button onClick={onClear}>{t('common:clearFilters')}</Button>}
    />
  )
}
