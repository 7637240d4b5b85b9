import { X } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Combobox } from './combobox.tsx'
import { Field } from './field.tsx'

export interface PickListProps {
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
  readonly values: readonly string[]
  readonly options: readonly string[]
  readonly onChange: (values: readonly string[]) => void
  /** Shown while nothing is chosen: what that means. */
  readonly placeholder: string
}

/** Some of many names, or others that are typed. */
export const PickList = ({ label, hint, error, values, options, onChange, placeholder }: PickListProps) => {
  const { t } = useTranslation()
  const left = useMemo(
    () => options.filter((value) => !values.includes(value)).map((value) => ({ value, label: value })),
    [options, values],
  )
  const add = (value: string): void => {
    if (value !== '' && !values.includes(value)) onChange([...values, value])
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label={label} hint={hint} error={error}>
        <Combobox
          value=""
          options={left}
          onChange={add}
          allowsOther
          placeholder={values.length === 0 ? placeholder : ''}
        />
      </Field>
      {values.length > 0 && (
        <ul aria-label={t('chosen', { label })} className="flex flex-wrap gap-1.5">
          {values.map((value) => (
            <li key={value} className="inline-flex min-w-0 items-center rounded-full bg-raised pl-2.5 text-sm">
              <span className="min-w-0 break-all">{value}</span>
              <button
                type="button"
                aria-label={t('remove', { name: value })}
                onClick={() => onChange(values.filter((one) => one !== value))}
                className="inline-flex size-7 shrink-0 items-center justify-center rounded-full hover:text-danger"
              >
                <X aria-hidden className="size-3.5" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
