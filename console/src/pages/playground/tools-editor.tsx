import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Input, Textarea } from '../../ui/input.tsx'
import { newId } from './ids.ts'
import { EXAMPLE_SCHEMA, type ToolDraft, type ToolFault, toolFaultsOf } from './settings.ts'
import { store } from './store.ts'

/** The tools that are offered to a model. */
export const ToolsEditor = ({ tools }: { readonly tools: readonly ToolDraft[] }) => {
  const { t } = useTranslation('playground')
  const faults = toolFaultsOf(tools)
  const add = (): void =>
    store.change({ tools: [...tools, { id: newId(), name: '', description: '', schema: EXAMPLE_SCHEMA }] })
  return (
    <FieldGroup legend={t('tools.title')} hint={t('tools.text')}>
      {tools.map((tool, place) => (
        <ToolFields key={tool.id} tool={tool} place={place + 1} fault={faults[tool.id]} />
      ))}
      <div>
        <Button icon={Plus} onClick={add}>
          {t('tools.add')}
        </Button>
      </div>
    </FieldGroup>
  )
}

interface ToolFieldsProps {
  readonly tool: ToolDraft
  readonly place: number
  readonly fault: ToolFault | undefined
}

const ToolFields = ({ tool, place, fault }: ToolFieldsProps) => {
  const { t } = useTranslation('playground')
  const others = (): readonly ToolDraft[] => store.get().tools
  const change = (changes: Partial<ToolDraft>): void =>
    store.change({ tools: others().map((one) => (one.id === tool.id ? { ...one, ...changes } : one)) })
  const errorOf = (...faults: readonly ToolFault[]): string | undefined =>
    fault && faults.includes(fault) ? t(`tools.fault.${fault}`) : undefined
  return (
    <fieldset className="flex flex-col gap-3 rounded-lg border border-line p-3">
      <legend className="px-1 text-sm text-muted">{t('tools.one', { place })}</legend>
      <Field label={t('tools.name')} error={errorOf('name', 'twice')}>
        <Input spellCheck={false} value={tool.name} onChange={(event) => change({ name: event.target.value })} />
      </Field>
      <Field label={t('tools.description')}>
        <Input value={tool.description} onChange={(event) => change({ description: event.target.value })} />
      </Field>
      <Field label={t('tools.schema')} error={errorOf('schema')}>
        <Textarea
          rows={8}
          spellCheck={false}
          className="font-mono text-sm"
          value={tool.schema}
          onChange={(event) => change({ schema: event.target.value })}
        />
      </Field>
      <div>
        <Button
          kind="danger"
          icon={Trash2}
          onClick={() => store.change({ tools: others().filter(({ id }) => id !== tool.id) })}
        >
          {t('tools.remove')}
        </Button>
      </div>
    </fieldset>
  )
}
