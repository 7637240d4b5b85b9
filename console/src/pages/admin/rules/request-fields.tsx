import { WIRE_FORMATS } from '../../../api/wire-formats.ts'
import { useTranslation } from 'react-i18next'
import { useModelIds } from '../../../api/admin-lists.ts'
import { Checkbox } from '../../../ui/choice.tsx'
import { Combobox } from '../../../ui/combobox.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input, Select, Textarea } from '../../../ui/input.tsx'
import { PickList } from '../../../ui/pick-list.tsx'
import type { TryDraft, TryFaults } from './try-form.ts'

/** The field that may hold a moment which is not whole yet. */
export const MOMENT = 'at'

export interface RequestFieldsProps {
  readonly draft: TryDraft
  readonly faults: TryFaults
  readonly refusalOf: (field: string) => string | undefined
  readonly onChange: (changes: Partial<TryDraft>) => void
}

/** A request, described. */
export const RequestFields = ({ draft, faults, refusalOf, onChange }: RequestFieldsProps) => {
  const { t } = useTranslation('admin-rules')
  const models = useModelIds().map((value) => ({ value, label: value }))
  const formats = WIRE_FORMATS.map((value) => ({ value: value as string, label: value as string }))
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label={t('try.model')} error={refusalOf('model')}>
          <Combobox value={draft.model} options={models} allowsOther onChange={(model) => onChange({ model })} />
        </Field>
        <Field label={t('try.format')}>
          <Select
            value={draft.format}
            onChange={(event) => onChange({ format: event.target.value })}
            options={[...formats, { value: '', label: t('try.noFormat') }]}
          />
        </Field>
        <Field
          label={t('try.bytes')}
          hint={t('try.bytesHint')}
          error={faults.bytes ? t(`fault.${faults.bytes}`) : refusalOf('bytes')}
        >
          <Input spellCheck={false} value={draft.bytes} onChange={(event) => onChange({ bytes: event.target.value })} />
        </Field>
      </div>
      <div className="flex flex-wrap gap-x-6 gap-y-1">
        {(['tools', 'images', 'stream'] as const).map((name) => (
          <Checkbox
            key={name}
            label={t(`field.${name}`)}
            checked={draft[name]}
            onChange={(isOn) => onChange({ [name]: isOn })}
          />
        ))}
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={t('try.headers')}
          hint={t('try.headersHint')}
          error={faults.headers === undefined ? refusalOf('headers') : t('fault.headers', { line: faults.headers })}
        >
          <Textarea
            rows={2}
            spellCheck={false}
            placeholder="user-agent: acme-tests/1.0"
            value={draft.headers}
            onChange={(event) => onChange({ headers: event.target.value })}
          />
        </Field>
        <PickList
          label={t('value.labels')}
          error={refusalOf('labels')}
          values={draft.labels}
          options={[]}
          onChange={(labels) => onChange({ labels })}
          placeholder={t('value.labelsPlaceholder')}
        />
      </div>
      <Field label={t('try.at')} hint={t('try.atHint')} error={faults.at ? t(`fault.${faults.at}`) : refusalOf('at')}>
        <Input
          type="datetime-local"
          name={MOMENT}
          value={draft.at}
          className="sm:w-auto"
          onChange={(event) => onChange({ at: event.target.value })}
        />
      </Field>
    </>
  )
}
