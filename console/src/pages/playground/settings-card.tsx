import { useTranslation } from 'react-i18next'
import { Card } from '../../ui/card.tsx'
import { Checkbox, Switch } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Input, Select, Textarea } from '../../ui/input.tsx'
import type { Bench } from './bench.ts'
import { DEGREES, type SettingsDraft, settingFaultsOf } from './settings.ts'
import { store } from './store.ts'
import { ToolsEditor } from './tools-editor.tsx'

/** What is said to every model: instructions, settings, tools. */
export const SettingsCard = ({ bench }: { readonly bench: Bench }) => {
  const { t } = useTranslation('playground')
  return (
    <Card title={t('settings.title')} description={t('settings.text')}>
      <div className="flex flex-col gap-4">
        <Switch
          label={t('settings.stream')}
          isOn={bench.isStreamed}
          onChange={(isStreamed) => store.change({ isStreamed })}
        />
        <Field label={t('settings.system')}>
          <Textarea rows={3} value={bench.system} onChange={(event) => store.change({ system: event.target.value })} />
        </Field>
        <Numbers draft={bench.settings} />
        <ThinkingFields draft={bench.settings} />
        <ToolsEditor tools={bench.tools} />
      </div>
    </Card>
  )
}

const change = (draft: SettingsDraft, changes: Partial<SettingsDraft>): void =>
  store.change({ settings: { ...draft, ...changes } })

const NUMBERS = ['maxTokens', 'temperature', 'topP'] as const

const Numbers = ({ draft }: { readonly draft: SettingsDraft }) => {
  const { t } = useTranslation('playground')
  const faults = settingFaultsOf(draft)
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] items-end gap-3">
      {NUMBERS.map((field) => (
        <Field key={field} label={t(`settings.${field}`)} error={faults[field] && t(`settings.fault.${faults[field]}`)}>
          <Input
            inputMode="decimal"
            placeholder={t('settings.unset')}
            value={draft[field]}
            onChange={(event) => change(draft, { [field]: event.target.value })}
          />
        </Field>
      ))}
    </div>
  )
}

const ThinkingFields = ({ draft }: { readonly draft: SettingsDraft }) => {
  const { t } = useTranslation('playground')
  const faults = settingFaultsOf(draft)
  const options = ['', ...DEGREES, 'budget'].map((value) => ({
    value,
    label: value === '' ? t('settings.unset') : t(`thinking.${value}`),
  }))
  return (
    <div className="flex flex-col gap-3">
      <Field label={t('settings.thinking')}>
        <Select
          value={draft.thinking}
          options={options}
          onChange={(event) => change(draft, { thinking: event.target.value as SettingsDraft['thinking'] })}
        />
      </Field>
      {draft.thinking === 'budget' && (
        <Field label={t('settings.budget')} error={faults.budget && t(`settings.fault.${faults.budget}`)}>
          <Input
            inputMode="numeric"
            value={draft.budget}
            onChange={(event) => change(draft, { budget: event.target.value })}
          />
        </Field>
      )}
      <Checkbox
        label={t('settings.showsThinking')}
        hint={t('settings.showsThinkingHint')}
        checked={draft.showsThinking}
        onChange={(showsThinking) => change(draft, { showsThinking })}
      />
    </div>
  )
}
