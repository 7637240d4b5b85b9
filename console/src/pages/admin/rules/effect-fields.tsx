import { Plus, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useChannels, useModelIds } from '../../../api/admin-lists.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Radios } from '../../../ui/choice.tsx'
import { Combobox } from '../../../ui/combobox.tsx'
import { Field, FieldGroup } from '../../../ui/field.tsx'
import { Input, Select } from '../../../ui/input.tsx'
import { PickList } from '../../../ui/pick-list.tsx'
import type { RuleFieldsProps } from './condition-fields.tsx'
import { parameterKey } from './rule-faults.ts'
import type { Deed, Parameter } from './rule-form.ts'

const DEEDS = ['change', 'refuse', 'nothing'] as const satisfies readonly Deed[]

interface EffectFieldsProps extends RuleFieldsProps {
  readonly group: string
}

/** What happens to the requests that a rule is about. */
export const EffectFields = ({ group, ...props }: EffectFieldsProps) => {
  const { t } = useTranslation('admin-rules')
  const { draft, onChange, faultOf, refusalOf } = props
  return (
    <FieldGroup legend={t('do.title')}>
      <Radios
        legend={t('do.kind')}
        name="deed"
        value={draft.deed}
        onChange={(value) => onChange({ deed: DEEDS.find((deed) => deed === value) ?? draft.deed })}
        options={DEEDS.map((value) => ({ value, label: t(`do.${value}`), hint: t(`do.${value}Hint`) }))}
      />
      {draft.deed === 'refuse' && (
        <Field
          label={t('do.message')}
          hint={t('do.messageHint')}
          error={faultOf('do.refuse') ?? refusalOf('do.refuse')}
          required
        >
          <Input value={draft.message} onChange={(event) => onChange({ message: event.target.value })} />
        </Field>
      )}
      {draft.deed === 'change' && <ChangeFields {...props} group={group} />}
    </FieldGroup>
  )
}

const ChangeFields = ({ group, ...props }: EffectFieldsProps) => {
  const { t } = useTranslation('admin-rules')
  const { draft, onChange, faultOf, refusalOf } = props
  const models = useModelIds().map((value) => ({ value, label: value }))
  const channels = useChannels().rows.filter(({ groups }) => (groups ?? ['default']).includes(group))
  return (
    <>
      <p role="alert" className="text-sm text-danger empty:hidden">
        {faultOf('do')}
      </p>
      <Field label={t('do.model')} hint={t('do.modelHint')} error={refusalOf('do.model')}>
        <Combobox
          value={draft.model}
          options={models}
          allowsOther
          placeholder={t('do.modelPlaceholder')}
          onChange={(model) => onChange({ model })}
        />
      </Field>
      <PickList
        label={t('do.channels')}
        hint={t('do.channelsHint')}
        error={refusalOf('do.channels')}
        values={draft.channels}
        options={channels.map(({ id }) => id)}
        onChange={(chosen) => onChange({ channels: chosen })}
        placeholder={t('do.channelsPlaceholder')}
      />
      <ParameterFields {...props} />
    </>
  )
}

const ParameterFields = ({ draft: { parameters }, onChange, faultOf, refusalOf }: RuleFieldsProps) => {
  const { t } = useTranslation('admin-rules')
  const fresh = useRef<number>(undefined)
  const adder = useRef<HTMLButtonElement>(null)
  const put = (index: number, changes: Partial<Parameter>): void =>
    onChange({ parameters: parameters.map((one, at) => (at === index ? { ...one, ...changes } : one)) })
  return (
    <FieldGroup legend={t('parameter.title')} hint={t('parameter.hint')}>
      {parameters.map((parameter, index) => (
        <ParameterRow
          // biome-ignore lint/suspicious/noArrayIndexKey: its name is what is being written, and none is moved.
          key={index}
          number={index + 1}
          parameter={parameter}
          takesFocus={() => {
            const takes = fresh.current === index
            if (takes) fresh.current = undefined
            return takes
          }}
          error={faultOf(parameterKey(index)) ?? refusalOf(`do.parameters.${parameter.name.trim()}`)}
          onChange={(changes) => put(index, changes)}
          onRemove={() => {
            onChange({ parameters: parameters.filter((_, at) => at !== index) })
            adder.current?.focus()
          }}
        />
      ))}
      <div>
        <Button
          ref={adder}
          icon={Plus}
          onClick={() => {
            fresh.current = parameters.length
            onChange({ parameters: [...parameters, { name: '', isGone: false, value: '' }] })
          }}
        >
          {t('parameter.add')}
        </Button>
      </div>
    </FieldGroup>
  )
}

interface ParameterRowProps {
  readonly number: number
  readonly parameter: Parameter
  readonly takesFocus: () => boolean
  readonly error: string | undefined
  readonly onChange: (changes: Partial<Parameter>) => void
  readonly onRemove: () => void
}

const ParameterRow = ({ number, parameter, takesFocus, error, onChange, onRemove }: ParameterRowProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <fieldset
      aria-label={t('parameter.one', { number })}
      className="grid items-start gap-3 rounded-lg border border-line p-3 sm:grid-cols-[minmax(0,14rem)_minmax(0,9rem)_minmax(0,1fr)_auto]"
    >
      <Field label={t('parameter.name')} error={error}>
        <Input
          ref={(element) => {
            if (element && takesFocus()) element.focus()
          }}
          value={parameter.name}
          spellCheck={false}
          placeholder="temperature"
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Field label={t('when.operator')}>
        <Select
          value={parameter.isGone ? 'gone' : 'set'}
          onChange={(event) => onChange({ isGone: event.target.value === 'gone' })}
          options={(['set', 'gone'] as const).map((value) => ({ value, label: t(`parameter.${value}`) }))}
        />
      </Field>
      {!parameter.isGone && (
        <Field label={t('parameter.value')}>
          <Input
            value={parameter.value}
            spellCheck={false}
            placeholder="0"
            onChange={(event) => onChange({ value: event.target.value })}
          />
        </Field>
      )}
      <IconButton
        label={t('parameter.remove', { number })}
        icon={X}
        onClick={onRemove}
        className="justify-self-end sm:col-start-4 sm:mt-6"
      />
    </fieldset>
  )
}
