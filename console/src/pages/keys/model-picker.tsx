import { X } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useModels } from '../../api/names.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { Field } from '../../ui/field.tsx'

export interface ModelPickerProps {
  readonly models: readonly string[]
  readonly onChange: (models: readonly string[]) => void
  readonly error: string | undefined
}

/** Some of the models there are; none chosen: all of them. */
export const ModelPicker = ({ models, onChange, error }: ModelPickerProps) => {
  const { t } = useTranslation('keys')
  const listed = useModels()
  const options = useMemo(
    () => listed.filter(({ id }) => !models.includes(id)).map(({ id }) => ({ value: id, label: id })),
    [listed, models],
  )
  const add = (model: string): void => {
    if (model !== '' && !models.includes(model)) onChange([...models, model])
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label={t('models.label')} hint={t('models.hint')} error={error}>
        <Combobox value="" options={options} onChange={add} allowsOther placeholder={t('models.all')} />
      </Field>
      {models.length > 0 && (
        <ul aria-label={t('models.chosen')} className="flex flex-wrap gap-1.5">
          {models.map((model) => (
            <li key={model} className="inline-flex min-w-0 items-center rounded-full bg-raised pl-2.5 text-sm">
              <span className="min-w-0 break-all">{model}</span>
              <button
                type="button"
                aria-label={t('models.remove', { model })}
                onClick={() => onChange(models.filter((one) => one !== model))}
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
