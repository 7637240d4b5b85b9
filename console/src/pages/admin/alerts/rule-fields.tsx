import { useTranslation } from 'react-i18next'
import { Checkbox } from '../../../ui/choice.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input, Select, Textarea } from '../../../ui/input.tsx'
import { FIELDS, KINDS, type RuleDraft } from './rule-form.ts'

interface DraftProps {
  readonly draft: RuleDraft
  readonly onChange: (changes: Partial<RuleDraft>) => void
  readonly errorOf: (field: string) => string | undefined
}

export interface RuleFieldsProps extends DraftProps {
  /** Of a rule that there is: its kind stays. */
  readonly before?: {
    /** Where messages go now, without the path. */
    readonly webhook: string | null
    readonly isSilenced: boolean
    readonly onSilence: (isSilenced: boolean) => void
  }
}

/** What is told, and to whom. */
export const RuleFields = ({ draft, onChange, errorOf, before }: RuleFieldsProps) => {
  const { t } = useTranslation('admin-alerts')
  const webhook = before?.webhook ?? null
  return (
    <>
      <Field label={t('rules.name')} error={errorOf('name')} required>
        <Input value={draft.name} maxLength={200} onChange={(event) => onChange({ name: event.target.value })} />
      </Field>
      <Field label={t('rules.kind')} hint={before && t('edit.kindHint')} error={errorOf('kind')}>
        <Select
          value={draft.kind}
          disabled={before !== undefined}
          onChange={(event) => onChange({ kind: KINDS.find((kind) => kind === event.target.value) ?? draft.kind })}
          options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      </Field>
      <ConditionFields draft={draft} onChange={onChange} errorOf={errorOf} />
      <Field
        label={t('create.webhook')}
        hint={webhook === null ? t('create.webhookHint') : t('edit.webhookHint', { address: webhook })}
        error={errorOf('webhook_url')}
      >
        <Input
          type="url"
          spellCheck={false}
          disabled={before?.isSilenced}
          value={draft.webhook}
          onChange={(event) => onChange({ webhook: event.target.value })}
        />
      </Field>
      {before && webhook !== null && (
        <Checkbox label={t('edit.silence')} checked={before.isSilenced} onChange={before.onSilence} />
      )}
      <Field label={t('create.emails')} hint={t('create.emailsHint')} error={errorOf('emails')}>
        <Textarea
          rows={2}
          spellCheck={false}
          value={draft.emails}
          onChange={(event) => onChange({ emails: event.target.value })}
        />
      </Field>
    </>
  )
}

const ConditionFields = ({ draft, onChange, errorOf }: DraftProps) => {
  const { t } = useTranslation('admin-alerts')
  const { may, must } = FIELDS[draft.kind]
  return (
    <>
      {[...must, ...may].map((field) => (
        <Field
          key={field}
          label={t(`condition.${field}`)}
          hint={t(`hint.${field}`)}
          error={errorOf(`condition.${field}`)}
          required={must.includes(field)}
        >
          <Input value={draft[field]} onChange={(event) => onChange({ [field]: event.target.value })} />
        </Field>
      ))}
      {draft.kind === 'spend_above' && (
        <Field label={t('condition.of')} error={errorOf('condition.of')}>
          <Select
            value={draft.of}
            onChange={(event) => onChange({ of: event.target.value })}
            options={['charged', 'provider_cost'].map((value) => ({ value, label: t(`of.${value}`) }))}
          />
        </Field>
      )}
    </>
  )
}
