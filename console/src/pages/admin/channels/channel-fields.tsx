import { useTranslation } from 'react-i18next'
import { useGroups, useModelIds, useProviders } from '../../../api/admin-lists.ts'
import { Combobox } from '../../../ui/combobox.tsx'
import type { EntryKind, FieldsProps } from '../../../ui/entry-dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input, Textarea } from '../../../ui/input.tsx'
import { PickList } from '../../../ui/pick-list.tsx'
import { type Channel, type ChannelDraft, draftOf, EMPTY_CHANNEL, faultsOf, fieldsOf } from './channel-form.ts'

const ChannelFields = ({ draft, onChange, errorOf }: FieldsProps<ChannelDraft>) => {
  const { t } = useTranslation('admin-channels')
  const providers = useProviders().rows.map(({ id, kind }) => ({ value: id, label: `${id} (${kind})` }))
  const groups = useGroups().rows.map(({ id }) => id)
  const models = useModelIds()
  return (
    <>
      <Field label={t('provider.label')} hint={t('provider.hint')} error={errorOf('provider')} required>
        <Combobox value={draft.provider} options={providers} onChange={(provider) => onChange({ provider })} />
      </Field>
      <PickList
        label={t('groups.label')}
        hint={t('groups.hint')}
        error={errorOf('groups')}
        values={draft.groups}
        options={groups}
        onChange={(chosen) => onChange({ groups: chosen })}
        placeholder={t('groups.choose')}
      />
      <PickList
        label={t('models.label')}
        hint={t('models.hint')}
        error={errorOf('models')}
        values={draft.models}
        options={models}
        onChange={(chosen) => onChange({ models: chosen })}
        placeholder={t('models.all')}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('priority.label')} hint={t('priority.hint')} error={errorOf('priority')}>
          <Input
            inputMode="numeric"
            value={draft.priority}
            onChange={(event) => onChange({ priority: event.target.value })}
          />
        </Field>
        <Field label={t('weight.label')} hint={t('weight.hint')} error={errorOf('weight')}>
          <Input
            inputMode="numeric"
            value={draft.weight}
            onChange={(event) => onChange({ weight: event.target.value })}
          />
        </Field>
      </div>
      <Field label={t('map.label')} hint={t('map.hint')} error={errorOf('model_map')}>
        <Textarea
          rows={3}
          spellCheck={false}
          placeholder="claude-sonnet-4-6 = anthropic.claude-sonnet-4-6"
          value={draft.modelMap}
          onChange={(event) => onChange({ modelMap: event.target.value })}
        />
      </Field>
    </>
  )
}

/** How a channel is made and changed. */
export const CHANNEL: EntryKind<Channel, ChannelDraft> = {
  namespace: 'admin-channels',
  path: '/api/admin/channels',
  changes: ['/api/admin/channels', '/api/admin/health'],
  empty: EMPTY_CHANNEL,
  draftOf,
  faultsOf,
  fieldsOf,
  Fields: ChannelFields,
}
