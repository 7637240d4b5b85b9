import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../../api/names.ts'
import { Checkbox } from '../../ui/choice.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Input, Select, Textarea } from '../../ui/input.tsx'
import { BudgetFields } from './budget-fields.tsx'
import { type KeyDraft, LIMITS, SCOPES } from './key-form.ts'
import { ModelPicker } from './model-picker.tsx'

export interface KeyFieldsProps {
  readonly draft: KeyDraft
  readonly onChange: (changes: Partial<KeyDraft>) => void
  readonly errorOf: (field: string) => string | undefined
  /** What a key is made with and keeps: group, project, scopes. */
  readonly isNew: boolean
  readonly groups: readonly string[]
}

/** Everything a key can be given. What most leave as it is stands folded up. */
export const KeyFields = (props: KeyFieldsProps) => {
  const { draft, onChange, errorOf, isNew } = props
  const { t } = useTranslation('keys')
  const hasBudget = Object.values(draft.budgets).some((amount) => amount !== '')
  const hasLimit = Object.values(draft.limits).some((limit) => limit !== '')
  const isNarrowed = draft.expires !== '' || draft.ipAllow !== ''
  return (
    <div className="flex flex-col gap-4">
      <Field label={t('name.label')} hint={t('name.hint')} error={errorOf('name')} required>
        <Input value={draft.name} maxLength={200} onChange={(event) => onChange({ name: event.target.value })} />
      </Field>
      {isNew && <Belonging {...props} />}
      <ModelPicker models={draft.models} onChange={(models) => onChange({ models })} error={errorOf('models')} />
      <Folded title={t('budget.fold')} isOpen={hasBudget}>
        <BudgetFields budgets={draft.budgets} onChange={(budgets) => onChange({ budgets })} errorOf={errorOf} />
      </Folded>
      <Folded title={t('limits.fold')} isOpen={hasLimit}>
        <LimitFields {...props} />
      </Folded>
      <Folded title={t('reach.fold')} isOpen={isNarrowed}>
        <ReachFields {...props} />
      </Folded>
      {isNew && (
        <Folded title={t('scopes.fold')} isOpen={draft.scopes.length > 0}>
          <ScopeFields {...props} />
        </Folded>
      )}
    </div>
  )
}

const Folded = ({
  title,
  isOpen,
  children,
}: {
  readonly title: string
  readonly isOpen: boolean
  readonly children: ReactNode
}) => (
  <details open={isOpen} className="rounded-lg border border-line px-3 py-2">
    <summary className="touch py-0.5 font-medium">{title}</summary>
    <div className="pt-2 pb-1">{children}</div>
  </details>
)

const Belonging = ({ draft, onChange, errorOf, groups }: KeyFieldsProps) => {
  const { t } = useTranslation('keys')
  const { projects } = useNames()
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('project.label')} hint={t('project.hint')} error={errorOf('project_id')}>
        <Select
          value={draft.projectId}
          onChange={(event) => onChange({ projectId: event.target.value })}
          options={[
            { value: '', label: t('project.none') },
            ...projects
              .filter(({ archived_at: at }) => at === null || at === undefined)
              .map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Field>
      {groups.length > 1 && (
        <Field label={t('group.label')} hint={t('group.hint')} error={errorOf('group')}>
          <Select
            value={draft.group || 'default'}
            onChange={(event) => onChange({ group: event.target.value })}
            options={groups.map((group) => ({ value: group, label: group }))}
          />
        </Field>
      )}
    </div>
  )
}

const LimitFields = ({ draft, onChange, errorOf }: KeyFieldsProps) => {
  const { t } = useTranslation('keys')
  return (
    <FieldGroup legend={t('limits.legend')} hint={t('limits.hint')}>
      <div className="grid gap-3 sm:grid-cols-2 md:grid-cols-3">
        {LIMITS.map((limit) => (
          <Field key={limit} label={t(`limits.${limit}`)} error={errorOf(limit)}>
            <Input
              inputMode="numeric"
              placeholder={t('limits.asPlan')}
              value={draft.limits[limit]}
              onChange={(event) => onChange({ limits: { ...draft.limits, [limit]: event.target.value } })}
            />
          </Field>
        ))}
      </div>
    </FieldGroup>
  )
}

const ReachFields = ({ draft, onChange, errorOf }: KeyFieldsProps) => {
  const { t } = useTranslation('keys')
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('reach.expires')} hint={t('reach.expiresHint')} error={errorOf('expires_at')}>
        <Input
          type="datetime-local"
          value={draft.expires}
          onChange={(event) => onChange({ expires: event.target.value })}
        />
      </Field>
      <Field label={t('reach.addresses')} hint={t('reach.addressesHint')} error={errorOf('ip_allow')}>
        <Textarea
          rows={3}
          spellCheck={false}
          placeholder={'203.0.113.0/24\n2001:db8::/32'}
          value={draft.ipAllow}
          onChange={(event) => onChange({ ipAllow: event.target.value })}
        />
      </Field>
    </div>
  )
}

const ScopeFields = ({ draft, onChange }: KeyFieldsProps) => {
  const { t } = useTranslation('keys')
  const toggle = (scope: string, isOn: boolean): void =>
    onChange({ scopes: SCOPES.filter((one) => (one === scope ? isOn : draft.scopes.includes(one))) })
  return (
    <FieldGroup legend={t('scopes.legend')} hint={t('scopes.hint')}>
      <div className="grid gap-1 sm:grid-cols-2">
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={<code>{scope}</code>}
            hint={t(`scopes.${scope}`)}
            checked={draft.scopes.includes(scope)}
            onChange={(isOn) => toggle(scope, isOn)}
          />
        ))}
      </div>
    </FieldGroup>
  )
}
