import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Switch } from '../../../ui/choice.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { Folded, Form } from '../../../ui/form.tsx'
import { Input, Select, Textarea } from '../../../ui/input.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { toast } from '../../../ui/toast.tsx'
import { ConditionFields } from './condition-fields.tsx'
import { EffectFields } from './effect-fields.tsx'
import { asWritten, type Group, type Rule, type RuleDraft } from './rule-form.ts'
import { TryRules } from './try-rules.tsx'
import { type ErrorsOf, errorsOf, type RuleEditor, useRuleEditor } from './use-rule-editor.ts'
import { useSaveRules } from './use-save-rules.ts'

/** A rule that is written: one of the group, by its place, or a new one. */
export interface Edited {
  readonly group: Group
  readonly at: number | 'new'
  readonly start: RuleDraft
}

export interface RuleDialogProps {
  readonly edited: Edited | undefined
  readonly onClose: () => void
}

/** Makes a rule, or changes one. */
export const RuleDialog = ({ edited, onClose }: RuleDialogProps) => {
  const { t } = useTranslation('admin-rules')
  const title = edited?.at === 'new' ? t('add.title', { group: edited.group.id }) : t('edit.title')
  return (
    <Dialog isOpen={edited !== undefined} onClose={onClose} title={title} description={t('edit.text')} size="large">
      {edited && <RuleForm {...edited} onClose={onClose} />}
    </Dialog>
  )
}

const RuleForm = ({ group, at, start, onClose }: Edited & { readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-rules')
  const others = asWritten(group.rules ?? []).filter((_, index) => index !== at)
  const [place, setPlace] = useState(at === 'new' ? others.length : at)
  const editor = useRuleEditor(
    start,
    others.map(({ name }) => name),
  )
  const { error, isPending, save } = useSaveRules(group, () => {
    toast(at === 'new' ? t('add.done') : t('edit.done'))
    onClose()
  })
  /** All of the group, this one among them; nothing where it cannot be read as it stands. */
  const all = (): readonly Rule[] | undefined => {
    const rule = editor.checked()
    return rule && others.toSpliced(place, 0, rule)
  }
  const submit = (): void => {
    const rules = all()
    if (rules) save(rules)
  }
  const errors = errorsOf(editor, error, place)
  const places = [
    { value: '0', label: t('place.first') },
    ...others.map((rule, index) => ({
      value: String(index + 1),
      label: t('place.after', { name: rule.name ?? t('unnamed', { number: index + 1 }) }),
    })),
  ]
  return (
    <>
      <Form
        onSubmit={submit}
        onCancel={onClose}
        action={at === 'new' ? t('add.action') : undefined}
        isPending={isPending}
        error={error}
      >
        <Tabs
          label={t('view.label')}
          value={editor.view}
          onChange={(view) => editor.show(view === 'json' ? 'json' : 'form')}
          tabs={[
            {
              value: 'form',
              label: t('view.form'),
              content: <FormView editor={editor} errors={errors} group={group.id} />,
            },
            { value: 'json', label: t('view.json'), content: <JsonView editor={editor} errors={errors} /> },
          ]}
        />
        {others.length > 0 && (
          <Field label={t('place.label')} hint={t('place.hint')}>
            <Select value={String(place)} options={places} onChange={(event) => setPlace(Number(event.target.value))} />
          </Field>
        )}
      </Form>
      <div className="pb-3">
        <Folded title={t('try.draft')} isOpen={false}>
          <TryRules group={group.id} drafted={all} written={`${place} ${editor.view} ${editor.text}`} />
        </Folded>
      </div>
    </>
  )
}

interface ViewProps {
  readonly editor: RuleEditor
  readonly errors: ErrorsOf
}

const FormView = ({ editor, errors, group }: ViewProps & { readonly group: string }) => {
  const { t } = useTranslation('admin-rules')
  const { draft, change } = editor
  const fields = { draft, onChange: change, ...errors }
  return (
    <div className="flex flex-col gap-4">
      <Field label={t('name.label')} hint={t('name.hint')} error={errors.faultOf('name') ?? errors.refusalOf('name')}>
        <Input value={draft.name} onChange={(event) => change({ name: event.target.value })} />
      </Field>
      <div>
        <Switch label={t('enabled')} isOn={draft.isOn} onChange={(isOn) => change({ isOn })} />
      </div>
      <ConditionFields {...fields} />
      <EffectFields {...fields} group={group} />
    </div>
  )
}

const JsonView = ({ editor, errors }: ViewProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <Field label={t('view.rule')} hint={t('view.hint')} error={errors.faultOf('text') ?? errors.refusalOf('')}>
      <Textarea
        rows={16}
        spellCheck={false}
        className="font-mono text-sm"
        value={editor.text}
        onChange={(event) => editor.write(event.target.value)}
      />
    </Field>
  )
}
