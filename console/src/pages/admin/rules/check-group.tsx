import { Checkbox } from '../../../ui/choice.tsx'
import { FieldGroup } from '../../../ui/field.tsx'

export interface CheckGroupProps {
  readonly legend: string
  readonly values: readonly string[]
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly error?: string | undefined
  readonly onChange: (values: readonly string[]) => void
}

/** Some of a few, all of them in view; in the order of the options, however they were chosen. */
export const CheckGroup = ({ legend, values, options, error, onChange }: CheckGroupProps) => (
  <FieldGroup legend={legend}>
    <div className="flex flex-wrap gap-x-4 gap-y-1">
      {options.map(({ value, label }) => (
        <Checkbox
          key={value}
          label={label}
          checked={values.includes(value)}
          onChange={(isOn) =>
            onChange(
              options.map((option) => option.value).filter((one) => (one === value ? isOn : values.includes(one))),
            )
          }
        />
      ))}
    </div>
    <p role="alert" className="text-sm text-danger empty:hidden">
      {error}
    </p>
  </FieldGroup>
)
