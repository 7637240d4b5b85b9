import { BellRing, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useFilters } from '../../../app/navigate.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Filters } from '../../../ui/filters.tsx'
import { Select } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Time } from '../../../ui/values.tsx'
import { CreateRule } from './rule-dialogs.tsx'

type Event = Schema<'AlertEvent'>

const EVERY_MS = 30_000

/** What rules found, newest first. */
export const Events = ({ onRules }: { readonly onRules: () => void }) => {
  const { t } = useTranslation('admin-alerts')
  const [filters, change] = useFilters(['state'])
  const query = { state: filters.state, limit: 100 }
  const events = useList('/api/admin/alerts/events', { query, everyMs: EVERY_MS, keepPrevious: true })
  const { mutate, ...acknowledge } = useCall('post', '/api/admin/alerts/events/{id}/acknowledge', {
    changes: ['/api/admin/alerts/events'],
    onSuccess: () => toast(t('events.acknowledgedNow')),
  })
  const columns = useMemo(() => columnsOf(t, ({ id }) => mutate({ path: { id } })), [t, mutate])
  const isFiltered = filters.state !== ''
  return (
    <div className="flex flex-col gap-3">
      <ErrorNote error={acknowledge.error} />
      <DataTable
        label={t('events.title')}
        columns={columns}
        rows={events.rows}
        rowKey={({ id }) => id}
        source={events}
        toolbar={
          <Filters {...(isFiltered && { onClear: () => change({ state: '' }) })}>
            <Field label={t('events.state')}>
              <Select
                value={filters.state}
                onChange={(event) => change({ state: event.target.value })}
                options={['', 'open', 'resolved'].map((value) => ({
                  value,
                  label: t(`events.states.${value || 'all'}`),
                }))}
              />
            </Field>
          </Filters>
        }
        empty={
          isFiltered ? (
            <EmptyState
              icon={BellRing}
              title={t('events.empty.filtered')}
              action={<Button onClick={() => change({ state: '' })}>{t('common:clearFilters')}</Button>}
            />
          ) : (
            <NothingFound onRules={onRules} />
          )
        }
      />
    </div>
  )
}

/** Nothing was found: because there is nothing, or because nobody looks. */
const NothingFound = ({ onRules }: { readonly onRules: () => void }) => {
  const { t } = useTranslation('admin-alerts')
  const [isCreating, setCreating] = useState(false)
  const rules = useList('/api/admin/alerts')
  const looks = rules.rows.some(({ enabled }) => enabled)
  return (
    <>
      <EmptyState
        icon={BellRing}
        title={t('events.empty.title')}
        text={looks ? t('events.empty.looks') : t('events.empty.text')}
        action={
          rules.rows.length > 0 ? (
            <Button onClick={onRules}>{t('events.empty.rules')}</Button>
          ) : (
            <Button kind="primary" icon={Plus} onClick={() => setCreating(true)}>
              {t('create.title')}
            </Button>
          )
        }
      />
      <CreateRule isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const columnsOf = (t: Translate, onAcknowledge: (event: Event) => void): readonly Column<Event>[] => [
  {
    id: 'state',
    header: t('events.state'),
    cell: ({ open }) => (
      <Badge tone={open ? 'danger' : 'neutral'}>{t(`events.states.${open ? 'open' : 'resolved'}`)}</Badge>
    ),
  },
  {
    id: 'summary',
    header: t('events.summary'),
    isRowHeader: true,
    cell: ({ summary, failure }) => (
      <span className="block min-w-32 break-words">
        {summary}
        {failure !== null && <span className="block text-sm text-danger">{t('events.failure', { failure })}</span>}
      </span>
    ),
  },
  { id: 'rule', header: t('events.rule'), from: 'md', cell: ({ rule_name: name }) => name },
  { id: 'fired', header: t('events.fired'), from: 'sm', cell: ({ fired_at: at }) => <Time at={at} /> },
  {
    id: 'resolved',
    header: t('events.resolved'),
    from: 'lg',
    cell: ({ resolved_at: at }) => (at === null ? t('events.goesOn') : <Time at={at} />),
  },
  { id: 'told', header: t('events.told'), isHidden: true, cell: ({ told }) => t(`events.tolds.${told}`) },
  {
    id: 'acknowledged',
    header: t('events.acknowledged'),
    cell: (event) =>
      event.acknowledged_at !== null ? (
        <>
          {t(`common:actor.${event.acknowledged_by}`, event.acknowledged_by ?? '')} ·{' '}
          <Time at={event.acknowledged_at} style="relative" />
        </>
      ) : (
        <Button
          aria-label={t('events.acknowledgeOne', { summary: event.summary })}
          onClick={() => onAcknowledge(event)}
        >
          {t('events.acknowledge')}
        </Button>
      ),
  },
]
