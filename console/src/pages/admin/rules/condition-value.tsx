import { WIRE_FORMATS } from '../../../api/wire-formats.ts'
import { useTranslation } from 'react-i18next'
import { useModelIds } from '../../../api/admin-lists.ts'
import { Field } from '../../../ui/field.tsx'
import { Input } from '../../../ui/input.tsx'
import { PickList } from '../../../ui/pick-list.tsx'
import { CheckGroup } from './check-group.tsx'
import { useDays } from './choices.ts'
import type { Condition } from './rule-form.ts'

export interface ConditionValueProps {
  readonly condition: Condition
  readonly error: string | undefined
  readonly onChange: (condition: Condition) => void
}

/** What a request has to have for a condition to hold; nothing more is asked where the operator says it all. */
export const ConditionValue = (props: ConditionValueProps) => {
  const { t } = useTranslation('admin-rules')
  const days = useDays()
  const { condition, error, onChange } = props
  const { field, list } = condition
  const choose = (values: readonly string[]): void => onChange({ ...condition, list: values })
  const checked = { values: list, error, onChange: choose }
  switch (field) {
    case 'models':
      return <ModelsValue {...props} />
    case 'formats':
      return (
        <CheckGroup
          {...checked}
          legend={t('value.formats')}
          options={WIRE_FORMATS.map((value) => ({ value, label: value }))}
        />
      )
    case 'days':
      return <CheckGroup {...checked} legend={t('value.days')} options={days} />
    case 'labels':
      return (
        <PickList
          {...checked}
          label={t('value.labels')}
          hint={t('value.labelsHint')}
          options={[]}
          placeholder={t('value.labelsPlaceholder')}
        />
      )
    case 'size':
      return <TextValue {...props} label={t('value.size')} hint={t('value.sizeHint')} placeholder="512KiB" />
    case 'hours':
      return <TextValue {...props} label={t('value.hours')} hint={t('value.hoursHint')} placeholder="22:00-06:00" />
    case 'header':
      return <HeaderValue {...props} />
    default:
      return error === undefined ? null : (
        <p role="alert" className="text-sm text-danger">
          {error}
        </p>
      )
  }
}

const ModelsValue = ({ condition, error, onChange }: ConditionValueProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <PickList
      label={t('value.models')}
      hint={t('value.modelsHint')}
      error={error}
      values={condition.list}
      options={useModelIds()}
      onChange={(list) => onChange({ ...condition, list })}
      placeholder="claude-*"
    />
  )
}

const HeaderValue = ({ condition, error, onChange }: ConditionValueProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('value.header')} error={error}>
        <Input
          value={condition.name}
          spellCheck={false}
          placeholder="user-agent"
          onChange={(event) => onChange({ ...condition, name: event.target.value })}
        />
      </Field>
      <TextValue
        condition={condition}
        error={undefined}
        onChange={onChange}
        label={t('value.headerValue')}
        hint={t('value.headerHint')}
        placeholder="acme-tests/*"
      />
    </div>
  )
}

interface TextValueProps extends ConditionValueProps {
  readonly label: string
  readonly hint: string
  readonly placeholder: string
}

const TextValue = ({ condition, error, onChange, label, hint, placeholder }: TextValueProps) => (
  <Field label={label} hint={hint} error={error}>
    <Input
      value={condition.text}
      spellCheck={false}
      placeholder={placeholder}
      onChange={(event) => onChange({ ...condition, text: event.target.value })}
    />
  </Field>
)
