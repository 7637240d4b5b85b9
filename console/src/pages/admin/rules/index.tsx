import { Route } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGroups } from '../../../api/admin-lists.ts'
import { useFilters } from '../../../app/navigate.ts'
import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Filters } from '../../../ui/filters.tsx'
import { Select } from '../../../ui/input.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { EditAll } from './edit-all.tsx'
import { GroupRules } from './group-rules.tsx'
import { type Edited, RuleDialog } from './rule-dialog.tsx'
import type { Group } from './rule-form.ts'
import { TryDialog } from './try-rules.tsx'

/** What each group does otherwise with some requests. */
export default function RulesPage() {
  const { t } = useTranslation('admin-rules')
  const [filters, change] = useFilters(['group'])
  const [edited, setEdited] = useState<Edited>()
  const [whole, setWhole] = useState<Group>()
  const [tried, setTried] = useState<Group>()
  const groups = useGroups()
  const shown = groups.rows.filter(({ id }) => filters.group === '' || id === filters.group)
  const ids = groups.rows.map(({ id }) => ({ value: id, label: id }))
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <div className="flex flex-col gap-4">
        <Filters {...(filters.group !== '' && { onClear: () => change({ group: '' }) })}>
          <Field label={t('group')}>
            <Select
              value={filters.group}
              onChange={(event) => change({ group: event.target.value })}
              options={[{ value: '', label: t('allGroups') }, ...ids]}
            />
          </Field>
        </Filters>
        {groups.error && groups.rows.length === 0 ? (
          <ErrorState error={groups.error} onRetry={() => void groups.refetch()} />
        ) : groups.isPending ? (
          <RowsSkeleton />
        ) : shown.length === 0 ? (
          <EmptyState
            icon={Route}
            title={t('noGroups')}
            action={<ButtonLink to="/admin/groups">{t('toGroups')}</ButtonLink>}
          />
        ) : (
          shown.map((group) => (
            <GroupRules
              key={group.id}
              group={group}
              onEdit={setEdited}
              onEditAll={() => setWhole(group)}
              onTry={() => setTried(group)}
            />
          ))
        )}
      </div>
      <RuleDialog edited={edited} onClose={() => setEdited(undefined)} />
      <EditAll group={whole} onClose={() => setWhole(undefined)} />
      <TryDialog group={tried?.id} onClose={() => setTried(undefined)} />
    </>
  )
}
