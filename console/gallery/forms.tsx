import { useState } from 'react'
import { Button, IconButton } from '../src/ui/button.tsx'
import { Card } from '../src/ui/card.tsx'
import { Checkbox, Radios, Switch } from '../src/ui/choice.tsx'
import { Combobox } from '../src/ui/combobox.tsx'
import { Field, FieldGroup } from '../src/ui/field.tsx'
import { DateRange, Filters, SearchField } from '../src/ui/filters.tsx'
import { Input, Select, Textarea } from '../src/ui/input.tsx'
import { Settings } from 'lucide-react'

const MODELS = ['claude-opus', 'claude-sonnet', 'gpt-5', 'gemini-3'].map((value) => ({ value, label: value }))

export const Forms = () => {
  const [model, setModel] = useState('')
  const [isOn, setOn] = useState(false)
  const [radio, setRadio] = useState('a')
  const [search, setSearch] = useState('')
  const [range, setRange] = useState('24h')
  return (
    <Card title="Forms">
      <FieldGroup legend="Fields" hint="All of them.">
        <Field label="Name" hint="Any name." error="It is taken." required>
          <Input defaultValue="x" />
        </Field>
        <Field label="Note">
          <Textarea />
        </Field>
        <Field label="Plan">
          <Select options={MODELS} />
        </Field>
        <Field label="Model">
          <Combobox value={model} options={MODELS} onChange={setModel} placeholder="Any" />
        </Field>
        <p>Chosen: {model}</p>
      </FieldGroup>
      <Checkbox label="Agree" hint="To everything." />
      <Radios
        legend="Which"
        name="which"
        value={radio}
        onChange={setRadio}
        options={[
          { value: 'a', label: 'A' },
          { value: 'b', label: 'B', hint: 'The other.' },
        ]}
      />
      <Switch label="Live" isOn={isOn} onChange={setOn} />
      <div className="flex flex-wrap gap-2">
        {(['primary', 'secondary', 'quiet', 'danger'] as const).map((kind) => (
          <Button key={kind} kind={kind}>
            {kind}
          </Button>
        ))}
        <Button isPending>Busy</Button>
        <IconButton label="Settings" icon={Settings} />
      </div>
      <Filters onClear={() => setSearch('')}>
        <SearchField label="Search" value={search} onChange={setSearch} />
        <DateRange label="When" value={range} onChange={setRange} />
      </Filters>
      <p>Searched: {search}</p>
    </Card>
  )
}
