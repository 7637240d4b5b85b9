import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/error.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'

const CHARACTERS_MAX = 100

export interface NameFormProps {
  readonly label: string
  /** As it is now. */
  readonly name: string
  readonly autoComplete?: string
  /** May not be changed by who looks at it; what says why stands beside the form. */
  readonly isDisabled: boolean
  readonly isPending: boolean
  readonly error: ApiError | null
  readonly onSave: (name: string) => void
}

/** One name and a button that saves it. */
export const NameForm = ({ label, name, autoComplete = 'off', isDisabled, ...saving }: NameFormProps) => {
  const { t } = useTranslation()
  const { isPending, error, onSave } = saving
  const [typed, setTyped] = useState(name)
  const wanted = typed.trim()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (wanted !== '' && wanted !== name) onSave(wanted)
  }
  return (
    <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-0 flex-1 basis-48">
          <Field label={label} error={error?.param === 'name' ? error.message : undefined}>
            <Input
              value={typed}
              maxLength={CHARACTERS_MAX}
              autoComplete={autoComplete}
              disabled={isDisabled}
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
        </div>
        <Button type="submit" disabled={isDisabled || wanted === '' || wanted === name} isPending={isPending}>
          {t('save')}
        </Button>
      </div>
      {error?.param !== 'name' && <ErrorNote error={error} />}
    </form>
  )
}
