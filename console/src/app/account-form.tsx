import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { ApiError } from '../api/error.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-state.tsx'
import { Field } from '../ui/field.tsx'
import { Input } from '../ui/input.tsx'

export interface AccountField {
  /** As the server calls it: what it refuses is shown beside it. */
  readonly name: string
  readonly label: string
  readonly type: 'text' | 'email' | 'password'
  readonly autoComplete: string
  readonly hint?: string
}

export interface AccountFormProps {
  readonly fields: readonly AccountField[]
  /** What the button says. */
  readonly action: string
  readonly isPending: boolean
  readonly error: ApiError | null
  readonly onSubmit: (values: Readonly<Record<string, string>>) => void
  /** What is known of the fields already. */
  readonly start?: Readonly<Record<string, string>>
  /** It took the place of another form: the focus goes on to its first field that is empty. */
  readonly takesFocus?: boolean
  /** More to choose, below the fields. */
  readonly children?: ReactNode
}

/** A form of signing in: a few fields, and one thing to do with them. */
export const AccountForm = (props: AccountFormProps) => {
  const { fields, action, isPending, error, onSubmit, start = {}, takesFocus = false, children } = props
  const [values, setValues] = useState(start)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (!takesFocus) return
    const inputs = [...(form.current?.querySelectorAll('input') ?? [])]
    const first = inputs.find(({ value }) => value === '')
    first?.focus()
  }, [takesFocus])
  const isWhole = fields.every(({ name }) => (values[name] ?? '') !== '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isWhole) onSubmit(values)
  }
  const isOfField = fields.some(({ name }) => name === error?.param)
  return (
    <form ref={form} noValidate onSubmit={submit} className="flex flex-col gap-3">
      {fields.map(({ name, label, hint, type, autoComplete }) => (
        <Field key={name} label={label} hint={hint} error={error?.param === name ? error.message : undefined} required>
          <Input
            type={type}
            autoComplete={autoComplete}
            value={values[name] ?? ''}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        </Field>
      ))}
      {children}
      {!isOfField && <ErrorNote error={error} />}
      <Button type="submit" kind="primary" disabled={!isWhole} isPending={isPending}>
        {action}
      </Button>
    </form>
  )
}
