import { useTranslation } from 'react-i18next'
import { useModelIds, useProviders } from '../../../api/admin-lists.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Combobox } from '../../../ui/combobox.tsx'
import type { EntryKind, FieldsProps } from '../../../ui/entry-dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { Folded } from '../../../ui/form.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { PickList } from '../../../ui/pick-list.tsx'
import { KeyField, SpendFields } from './key-fields.tsx'
import {
  draftOf,
  EMPTY_PROVIDER,
  faultsOf,
  fieldsOf,
  KINDS,
  PROTOCOLS,
  type Provider,
  type ProviderDraft,
  TIMEOUTS,
} from './provider-form.ts'

type ProviderFieldsProps = FieldsProps<ProviderDraft>

const KIND_OPTIONS = KINDS.map((kind) => ({ value: kind, label: kind }))

/** Everything that can be said of a provider. What most leave as it is stands folded up. */
const ProviderFields = (props: ProviderFieldsProps) => {
  const { draft, onChange, errorOf, isNew } = props
  const { t } = useTranslation('admin-providers')
  const hasMore = draft.protocol !== '' || Object.values(draft.timeouts).some((timeout) => timeout !== '')
  return (
    <>
      <Field label={t('kind.label')} hint={t('kind.hint')} error={errorOf('kind')} required>
        <Combobox value={draft.kind} options={KIND_OPTIONS} onChange={(kind) => onChange({ kind })} />
      </Field>
      <Field label={t('baseUrl.label')} hint={t('baseUrl.hint')} error={errorOf('base_url')}>
        <Input
          type="url"
          placeholder={t('baseUrl.none')}
          value={draft.baseUrl}
          onChange={(event) => onChange({ baseUrl: event.target.value })}
        />
      </Field>
      {isNew && (
        <KeyField
          label={t('key.secret')}
          hint={t('key.newHint')}
          error={errorOf('keys')}
          value={draft.key}
          onChange={(key) => onChange({ key })}
        />
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <SpendFields draft={draft} onChange={onChange} errorOf={errorOf} prefix="spend_stop." hint={t('spend.hint')} />
      </div>
      <Folded title={t('more')} isOpen={hasMore}>
        <MoreFields {...props} />
      </Folded>
      {isNew && <AddNotes draft={draft} />}
    </>
  )
}

/** What else comes of adding a provider. */
const AddNotes = ({ draft }: { readonly draft: ProviderDraft }) => {
  const { t } = useTranslation('admin-providers')
  // It is there for want of another, and no longer once there is one.
  const endsDemo = useProviders().rows.some(({ id, source }) => id === 'demo' && source === 'implied')
  return (
    <>
      {draft.models.length === 0 && draft.kind !== '' && <Notice tone="neutral">{t('add.models')}</Notice>}
      {endsDemo && <Notice tone="warn">{t('add.demo')}</Notice>}
    </>
  )
}

const MoreFields = ({ draft, onChange, errorOf }: ProviderFieldsProps) => {
  const { t } = useTranslation('admin-providers')
  const models = useModelIds()
  return (
    <>
      <PickList
        label={t('models.label')}
        hint={t('models.hint')}
        error={errorOf('models')}
        values={draft.models}
        options={models}
        onChange={(chosen) => onChange({ models: chosen })}
        placeholder={t('models.all')}
      />
      <Field label={t('multiplier.label')} hint={t('multiplier.hint')} error={errorOf('cost_multiplier')}>
        <Input
          inputMode="decimal"
          value={draft.costMultiplier}
          onChange={(event) => onChange({ costMultiplier: event.target.value })}
        />
      </Field>
      <Field label={t('protocol.label')} error={errorOf('protocol')}>
        <Select
          value={draft.protocol}
          onChange={(event) => onChange({ protocol: event.target.value })}
          options={[
            { value: '', label: t('protocol.any') },
            ...PROTOCOLS.map((protocol) => ({ value: protocol, label: protocol })),
          ]}
        />
      </Field>
      <Field label={t('proxy.label')} hint={t('proxy.hint')} error={errorOf('proxy')}>
        <Input value={draft.proxy} onChange={(event) => onChange({ proxy: event.target.value })} />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        {TIMEOUTS.map((timeout) => (
          <Field key={timeout} label={t(`timeout.${timeout}`)} error={errorOf(`timeouts.${timeout}`)}>
            <Input
              placeholder={t('timeout.none')}
              value={draft.timeouts[timeout]}
              onChange={(event) => onChange({ timeouts: { ...draft.timeouts, [timeout]: event.target.value } })}
            />
          </Field>
        ))}
      </div>
    </>
  )
}

/** What is another where a provider is: without channels in the file, it has one by itself. */
export const CHANGES = ['/api/admin/providers', '/api/admin/health', '/api/admin/channels']

/** How a provider is added and changed. */
export const PROVIDER: EntryKind<Provider, ProviderDraft> = {
  namespace: 'admin-providers',
  path: '/api/admin/providers',
  changes: CHANGES,
  empty: EMPTY_PROVIDER,
  draftOf,
  faultsOf,
  fieldsOf,
  firstOf: ({ key }) => ({ keys: key.trim() === '' ? [] : [key.trim()] }),
  sections: ['spend_stop', 'timeouts'],
  Fields: ProviderFields,
}
