import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useModels, useNames } from '../api/names.ts'
import { Combobox } from './combobox.tsx'
import { Field } from './field.tsx'
import { Select } from './input.tsx'

/// What requests are narrowed by, wherever they are looked at: each filter by itself, for pages put them in different places.

interface RequestFilterProps {
  readonly label: string
  /** '' for all of them. */
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Of a model that may be asked, or of any other name. */
export const ModelFilter = ({ label, value, onChange }: RequestFilterProps) => {
  const { t } = useTranslation()
  const models = useModels()
  const options = useMemo(() => models.map(({ id }) => ({ value: id, label: id })), [models])
  return (
    <Field label={label}>
      <Combobox value={value} allowsOther placeholder={t('all')} options={options} onChange={onChange} />
    </Field>
  )
}

/** Made with a key of the organisation. */
export const KeyFilter = (props: RequestFilterProps) => <NamedFilter {...props} named={useNames().keys} />

/** Of a project of the organisation. */
export const ProjectFilter = (props: RequestFilterProps) => <NamedFilter {...props} named={useNames().projects} />

interface NamedFilterProps extends RequestFilterProps {
  readonly named: readonly { readonly id: string; readonly name: string }[]
}

const NamedFilter = ({ label, value, onChange, named }: NamedFilterProps) => {
  const { t } = useTranslation()
  return (
    <Field label={label}>
      <Select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        options={[{ value: '', label: t('all') }, ...named.map(({ id, name }) => ({ value: id, label: name }))]}
      />
    </Field>
  )
}
