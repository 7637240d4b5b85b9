import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

export interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'onChange'> {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly onChange?: (isOn: boolean) => void
}

/** On or off, as part of a form. */
export const Checkbox = ({ label, hint, onChange, className, ...rest }: CheckboxProps) => (
  <Box type="checkbox" label={label} hint={hint} onChange={onChange} className={className} {...rest} />
)

const Box = ({
  label,
  hint,
  onChange,
  className,
  ...rest
}: CheckboxProps & { readonly type: 'checkbox' | 'radio' }) => {
  const id = useId()
  return (
    <div className={cx('flex flex-col', className)}>
      <label className="touch inline-flex items-start gap-2 py-0.5">
        <input
          aria-describedby={hint === undefined ? undefined : id}
          {...rest}
          onChange={(event) => onChange?.(event.target.checked)}
          className="mt-[0.2rem] size-4 shrink-0 accent-accent"
        />
        <span>{label}</span>
      </label>
      {hint !== undefined && (
        <p id={id} className="pl-6 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

export interface RadiosProps {
  readonly legend: ReactNode
  readonly name: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: ReactNode; readonly hint?: ReactNode }[]
  readonly onChange: (value: string) => void
}

/** One of a few, all of them in view. */
export const Radios = ({ legend, name, value, options, onChange }: RadiosProps) => (
  <fieldset className="flex flex-col gap-1">
    <legend className="mb-1 text-sm font-medium">{legend}</legend>
    {options.map((option) => (
      <Box
        key={option.value}
        type="radio"
        name={name}
        label={option.label}
        hint={option.hint}
        checked={option.value === value}
        onChange={() => onChange(option.value)}
      />
    ))}
  </fieldset>
)

export interface SwitchProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly disabled?: boolean
  /** The label is said elsewhere in sight: for ears alone here. */
  readonly hideLabel?: boolean
}

/** On or off, at once. */
export const Switch = ({ label, isOn, onChange, disabled, hideLabel = false }: SwitchProps) => (
  <button
    type="button"
    role="switch"
    aria-checked={isOn}
    aria-label={hideLabel ? label : undefined}
    disabled={disabled}
    onClick={() => onChange(!isOn)}
    className="touch inline-flex items-center gap-2.5 disabled:cursor-not-allowed disabled:opacity-60"
  >
    <span
      aria-hidden
      className={cx(
        'inline-flex h-5 w-9 shrink-0 items-center rounded-full border px-0.5 ',
        isOn ? 'justify-end border-accent bg-accent' : 'border-edge bg-raised',
      )}
    >
      <span className={cx('size-3.5 rounded-full', isOn ? 'bg-on-accent' : 'bg-edge')} />
    </span>
    {!hideLabel && <span>{label}</span>}
  </button>
)
