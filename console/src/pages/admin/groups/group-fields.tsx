import { useTranslation } from 'react-i18next'
import { Checkbox } from '../../../ui/choice.tsx'
import type { EntryKind, FieldsProps } from '../../../ui/entry-dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { LimitFields } from '../../../ui/limit-fields.tsx'
import { draftOf, EMPTY_GROUP, faultsOf, fieldsOf, type Group, type GroupDraft, STRATEGIES } from './group-form.ts'

const GroupFields = ({ draft, onChange, errorOf }: FieldsProps<GroupDraft>) => {
  const { t } = useTranslation('admin-groups')
  return (
    <>
      <Field label={t('multiplier.label')} hint={t('multiplier.hint')} error={errorOf('multiplier')} required>
        <Input
          inputMode="decimal"
          value={draft.multiplier}
          onChange={(event) => onChange({ multiplier: event.target.value })}
        />
      </Field>
      <Field label={t('strategy.label')} hint={t(`strategy.text.${draft.strategy}`)} error={errorOf('strategy')}>
        <Select
          value={draft.strategy}
          onChange={(event) => onChange({ strategy: event.target.value })}
          options={STRATEGIES.map((strategy) => ({ value: strategy, label: t(`strategy.name.${strategy}`) }))}
        />
      </Field>
      <Field label={t('hedge.label')} hint={t('hedge.hint')} error={errorOf('hedge_after')}>
        <Input
          placeholder={t('hedge.never')}
          value={draft.hedgeAfter}
          onChange={(event) => onChange({ hedgeAfter: event.target.value })}
        />
      </Field>
      <Checkbox
        label={t('cache.label')}
        hint={t('cache.hint')}
        checked={draft.cacheBreakpoints}
        onChange={(isOn) => onChange({ cacheBreakpoints: isOn })}
      />
      {draft.cacheBreakpoints && (
        <Field label={t('cache.ttl')} error={errorOf('cache_ttl')}>
          <Select
            value={draft.cacheTtl}
            onChange={(event) => onChange({ cacheTtl: event.target.value })}
            options={['', '5m', '1h'].map((ttl) => ({ value: ttl, label: t(`cache.ttl${ttl || 'Vendor'}`) }))}
          />
        </Field>
      )}
      <LimitFields
        legend={t('limits.legend')}
        draft={draft.limits}
        onChange={(limits) => onChange({ limits })}
        errorOf={errorOf}
        prefix="limits."
      />
    </>
  )
}

/** How a group is made and changed. */
export const GROUP: EntryKind<Group, GroupDraft> = {
  namespace: 'admin-groups',
  path: '/api/admin/groups',
  changes: ['/api/admin/groups'],
  empty: EMPTY_GROUP,
  draftOf,
  faultsOf,
  fieldsOf,
  sections: ['limits'],
  Fields: GroupFields,
}
