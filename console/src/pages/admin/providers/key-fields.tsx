import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input } from '../../../ui/input.tsx'

export interface KeyFieldProps {
  readonly label: string
  readonly hint: string
  readonly error: string | undefined
  readonly value: string
  readonly onChange: (key: string) => void
  readonly required?: boolean
}

/** A vendor's key. Where none can be stored, it says so before one is looked for. */
export const KeyField = ({ label, hint, error, value, onChange, required = false }: KeyFieldProps) => {
  const { t } = useTranslation('admin-providers')
  const system = useApi('/api/admin/system')
  const isStorable = system.data?.provider_keys.storable !== false
  return (
    <>
      {!isStorable && (
        <Notice tone="warn">
          <p className="font-semibold">{t('key.notStorable.title')}</p>
          <p>{t('key.notStorable.text')}</p>
        </Notice>
      )}
      <Field label={label} hint={hint} error={error} required={required}>
        <Input
          type="password"
          autoComplete="new-password"
          disabled={!isStorable}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    </>
  )
}

interface Stops {
  readonly dayUsd: string
  readonly monthUsd: string
}

export interface SpendFieldsProps {
  readonly draft: Stops
  readonly onChange: (changes: Partial<Stops>) => void
  readonly errorOf: (field: string) => string | undefined
  /** `spend_stop.`, where they are a section of their own. */
  readonly prefix?: string
  readonly hint?: string
}

/** What may be spent, of a provider or of one of its keys: two fields, to be laid out by whoever shows them. */
export const SpendFields = ({ draft, onChange, errorOf, prefix = '', hint }: SpendFieldsProps) => {
  const { t } = useTranslation('admin-providers')
  return (
    <>
      <Field label={t('spend.day')} hint={hint} error={errorOf(`${prefix}day_usd`)}>
        <Input
          inputMode="decimal"
          placeholder={t('spend.none')}
          value={draft.dayUsd}
          onChange={(event) => onChange({ dayUsd: event.target.value })}
        />
      </Field>
      <Field label={t('spend.month')} error={errorOf(`${prefix}month_usd`)}>
        <Input
          inputMode="decimal"
          placeholder={t('spend.none')}
          value={draft.monthUsd}
          onChange={(event) => onChange({ monthUsd: event.target.value })}
        />
      </Field>
    </>
  )
}
