import type { ComponentProps } from 'react'
import { cx } from './cx.ts'
import { useField } from './field.tsx'

/** One line of text. Inside a `Field` it is wired to its label by itself. */
export const Input = ({ className, ...rest }: ComponentProps<'input'>) => (
  <input type="text" {...useField()} {...rest} className={cx('control w-full', className)} />
)

export const Textarea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea rows={4} {...useField()} {...rest} className={cx('control w-full py-1.5', className)} />
)

export interface SelectOption {
  readonly value: string
  readonly label: string
  readonly disabled?: boolean
}

/** One of a few: the browser's own list, which phones and screen readers know best. More than some twenty: `Combobox`. */
export const Select = ({
  options,
  className,
  ...rest
}: Omit<ComponentProps<'select'>, 'children'> & { readonly options: readonly SelectOption[] }) => (
  <select {...useField()} {...rest} className={cx('control w-full', className)}>
    {options.map(({ value, label, disabled }) => (
      <option key={value} value={value} disabled={disabled}>
        {label}
      </option>
    ))}
  </select>
)
