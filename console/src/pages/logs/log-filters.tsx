import { useTranslation } from 'react-i18next'
import { WIRE_FORMATS } from '../../api/wire-formats.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { Field } from '../../ui/field.tsx'
import { DateRange, Filters, SearchField } from '../../ui/filters.tsx'
import { Select } from '../../ui/input.tsx'
import { KeyFilter, ModelFilter, ProjectFilter } from '../../ui/request-filters.tsx'
import type { LogFilters } from './filters.ts'

const STATUSES = ['2xx', '4xx', '5xx', '400', '401', '402', '403', '404', '429', '499', '500', '502', '503', '504']
const ENDS = ['whole', 'client_cut', 'upstream_cut', 'failed', 'abandoned'] as const

export interface LogFiltersProps {
  readonly filters: LogFilters
  readonly change: (changes: Partial<LogFilters>) => void
  readonly onClear: (() => void) | undefined
}

/** What requests are looked for by: the usual in sight, the rest folded up until it is used. */
export const LogFilterFields = ({ filters, change, onClear }: LogFiltersProps) => {
  const { t } = useTranslation('logs')
  const isMore = [filters.key, filters.project, filters.status, filters.ended, filters.format].some((one) => one !== '')
  return (
    <div className="flex flex-col gap-2">
      <Filters {...(onClear && { onClear })}>
        <DateRange label={t('filter.range')} value={filters.range} onChange={(range) => change({ range })} />
        <SearchField label={t('filter.q')} value={filters.q} onChange={(q) => change({ q })} />
        <ModelFilter label={t('filter.model')} value={filters.model} onChange={(model) => change({ model })} />
      </Filters>
      <details open={isMore}>
        <summary className="touch inline-block py-1 text-sm text-muted">{t('filter.more')}</summary>
        <MoreFilters filters={filters} change={change} />
      </details>
    </div>
  )
}

const MoreFilters = ({ filters, change }: Pick<LogFiltersProps, 'filters' | 'change'>) => {
  const { t } = useTranslation('logs')
  const all = { value: '', label: t('common:all') }
  return (
    <Filters>
      <KeyFilter label={t('filter.key')} value={filters.key} onChange={(key) => change({ key })} />
      <ProjectFilter label={t('filter.project')} value={filters.project} onChange={(project) => change({ project })} />
      <Field label={t('filter.status')}>
        <Combobox
          value={filters.status}
          allowsOther
          placeholder={t('common:all')}
          options={STATUSES.map((status) => ({ value: status, label: status }))}
          onChange={(status) => change({ status })}
        />
      </Field>
      <Field label={t('filter.ended')}>
        <Select
          value={filters.ended}
          onChange={(event) => change({ ended: event.target.value })}
          options={[all, ...ENDS.map((ended) => ({ value: ended, label: t(`common:ended.${ended}`) }))]}
        />
      </Field>
      <Field label={t('filter.format')}>
        <Select
          value={filters.format}
          onChange={(event) => change({ format: event.target.value })}
          options={[all, ...WIRE_FORMATS.map((format) => ({ value: format, label: format }))]}
        />
      </Field>
    </Filters>
  )
}
