import { useTranslation } from 'react-i18next'
import { Field } from '../../ui/field.tsx'
import { DateRange, Filters } from '../../ui/filters.tsx'
import { Select } from '../../ui/input.tsx'
import { KeyFilter, ModelFilter, ProjectFilter } from '../../ui/request-filters.tsx'
import { BY, type UsageFilters } from './filters.ts'

export interface UsageFilterFieldsProps {
  readonly filters: UsageFilters
  readonly change: (changes: Partial<UsageFilters>) => void
  readonly onClear: (() => void) | undefined
  /** The range is short enough to be told by the hour. */
  readonly hasHours: boolean
}

/** Of which time, told apart by what, and of which requests. */
export const UsageFilterFields = ({ filters, change, onClear, hasHours }: UsageFilterFieldsProps) => {
  const { t } = useTranslation('usage')
  return (
    <Filters {...(onClear && { onClear })}>
      <DateRange
        label={t('filter.range')}
        value={filters.range}
        names={{ '1h': t('filter.thisHour') }}
        onChange={(range) => change({ range, interval: '' })}
      />
      <Field label={t('filter.interval')}>
        <Select
          value={filters.interval}
          onChange={(event) => change({ interval: event.target.value })}
          options={[
            { value: 'hour', label: t('filter.hour'), disabled: !hasHours },
            { value: 'day', label: t('filter.day') },
          ]}
        />
      </Field>
      <Field label={t('filter.by')}>
        <Select
          value={filters.by}
          onChange={(event) => change({ by: event.target.value })}
          options={BY.map((by) => ({ value: by, label: t(`by.${by}`) }))}
        />
      </Field>
      <ModelFilter label={t('by.model')} value={filters.model} onChange={(model) => change({ model })} />
      <KeyFilter label={t('by.key')} value={filters.key} onChange={(key) => change({ key })} />
      <ProjectFilter label={t('by.project')} value={filters.project} onChange={(project) => change({ project })} />
    </Filters>
  )
}
