import { createContext, type ReactNode, use, useId } from 'react'

export interface FieldWiring {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
  readonly required: boolean | undefined
}

const FieldContext = createContext<FieldWiring | undefined>(undefined)

/** What a control inside a `Field` takes over from it: id, hint, error. Nothing outside of one. */
export const useField = (): Partial<FieldWiring> => use(FieldContext) ?? {}

export interface FieldProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** What is wrong with what was entered; read out as it appears. */
  readonly error?: string | undefined
  readonly required?: boolean
  readonly children: ReactNode
}

/** A control with its label, a hint and what is wrong with it, wired for screen readers. */
export const Field = ({ label, hint, error, required, children }: FieldProps) => {
  const id = useId()
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`]
    .filter(Boolean)
    .join(' ')
  const wiring: FieldWiring = {
    id,
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === undefined ? undefined : true,
    required,
  }
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {required && (
          <span aria-hidden className="text-danger">
            {' *'}
          </span>
        )}
      </label>
      <FieldContext value={wiring}>{children}</FieldContext>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      <p id={`${id}-error`} role="alert" className="text-sm text-danger empty:hidden">
        {error}
      </p>
    </div>
  )
}

/** Controls that belong together, under one name. */
export const FieldGroup = ({
  legend,
  hint,
  children,
}: {
  readonly legend: ReactNode
  readonly hint?: ReactNode
  readonly children: ReactNode
}) => (
  <fieldset className="flex flex-col gap-3">
    <legend className="mb-1 text-sm font-semibold">{legend}</legend>
    {hint !== undefined && <p className="text-sm text-muted">{hint}</p>}
    {children}
  </fieldset>
)
