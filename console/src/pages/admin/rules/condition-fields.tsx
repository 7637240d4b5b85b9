import { Plus, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Combobox } from '../../../ui/combobox.tsx'
import { Field, FieldGroup } from '../../../ui/field.tsx'
import { Select } from '../../../ui/input.tsx'
import { ZONES } from './choices.ts'
import { ConditionValue } from './condition-value.tsx'
import { conditionKey } from './rule-faults.ts'
import {
  type Condition,
  CONDITION_FIELDS,
  conditionOf,
  mayRepeat,
  OPERATORS,
  pathOf,
  readsZone,
  type RuleDraft,
} from './rule-form.ts'
import type { ErrorsOf } from './use-rule-editor.ts'

export interface RuleFieldsProps extends ErrorsOf {
  readonly draft: RuleDraft
  readonly onChange: (changes: Partial<RuleDraft>) => void
}

/** Which requests a rule is about: conditions, all of which must hold. */
export const ConditionFields = ({ draft, onChange, faultOf, refusalOf }: RuleFieldsProps) => {
  const { t } = useTranslation('admin-rules')
  const { conditions } = draft
  const fresh = useRef<number>(undefined)
  const adder = useRef<HTMLButtonElement>(null)
  const left = CONDITION_FIELDS.filter((field) => mayRepeat(field) || conditions.every((one) => one.field !== field))
  const put = (index: number, condition: Condition): void => onChange({ conditions: conditions.with(index, condition) })
  const add = (): void => {
    fresh.current = conditions.length
    onChange({ conditions: [...conditions, conditionOf(left[0] ?? 'header')] })
  }
  const remove = (index: number): void => {
    onChange({ conditions: conditions.filter((_, at) => at !== index) })
    adder.current?.focus()
  }
  return (
    <FieldGroup legend={t('when.title')} hint={conditions.length === 0 ? t('when.none') : t('when.all')}>
      {conditions.map((condition, index) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no name of its own, and none is moved.
          key={index}
          number={index + 1}
          condition={condition}
          left={left}
          takesFocus={() => {
            const takes = fresh.current === index
            if (takes) fresh.current = undefined
            return takes
          }}
          error={faultOf(conditionKey(index)) ?? refusalOf(pathOf(condition))}
          onChange={(changed) => put(index, changed)}
          onRemove={() => remove(index)}
        />
      ))}
      <div>
        <Button ref={adder} icon={Plus} onClick={add}>
          {t('when.add')}
        </Button>
      </div>
      {readsZone(draft) && (
        <Field label={t('zone.label')} hint={t('zone.hint')} error={faultOf('when.zone') ?? refusalOf('when.zone')}>
          <Combobox value={draft.zone} options={ZONES} onChange={(zone) => onChange({ zone })} />
        </Field>
      )}
    </FieldGroup>
  )
}

interface ConditionRowProps {
  readonly number: number
  readonly condition: Condition
  /** Fields that no other condition is about. */
  readonly left: readonly Condition['field'][]
  /** Whether it was just added; told once. */
  readonly takesFocus: () => boolean
  readonly error: string | undefined
  readonly onChange: (condition: Condition) => void
  readonly onRemove: () => void
}

const ConditionRow = ({ number, condition, left, takesFocus, error, onChange, onRemove }: ConditionRowProps) => {
  const { t } = useTranslation('admin-rules')
  const { field, operator } = condition
  const operators = OPERATORS[field]
  return (
    <fieldset
      aria-label={t('when.one', { number })}
      className="grid items-start gap-3 rounded-lg border border-line p-3 sm:grid-cols-[minmax(0,12rem)_minmax(0,11rem)_auto]"
    >
      <Field label={t('when.field')}>
        <Select
          ref={(element) => {
            if (element && takesFocus()) element.focus()
          }}
          value={field}
          onChange={(event) =>
            onChange(conditionOf(CONDITION_FIELDS.find((one) => one === event.target.value) ?? field))
          }
          options={CONDITION_FIELDS.map((value) => ({
            value,
            label: t(`field.${value}`),
            disabled: value !== field && !left.includes(value),
          }))}
        />
      </Field>
      <Field label={t('when.operator')}>
        <Select
          value={operator}
          onChange={(event) =>
            onChange({ ...condition, operator: operators.find((one) => one === event.target.value) ?? operator })
          }
          options={operators.map((value) => ({ value, label: t(`operator.${field}.${value}`) }))}
        />
      </Field>
      <IconButton
        label={t('when.remove', { number })}
        icon={X}
        onClick={onRemove}
        className="justify-self-end sm:mt-6"
      />
      <div className="sm:col-span-full empty:hidden">
        <ConditionValue condition={condition} error={error} onChange={onChange} />
      </div>
    </fieldset>
  )
}
