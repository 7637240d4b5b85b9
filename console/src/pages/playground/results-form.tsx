import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFreshKey } from '../../app/fresh-key.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Textarea } from '../../ui/input.tsx'
import type { CallPart } from './conversation.ts'
import { store } from './store.ts'

/** What the tools that a model called are to have answered; then it goes on. */
export const ResultsForm = ({ laneId, calls }: { readonly laneId: string; readonly calls: readonly CallPart[] }) => {
  const { t } = useTranslation('playground')
  const key = useFreshKey()
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const results = calls.map(({ id, name }) => ({ callId: id, name, text: texts[id] ?? '' }))
    if (key !== '') store.giveResults(laneId, results, key)
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3 rounded-lg border border-accent p-3">
      {calls.map(({ id, name }) => (
        <Field key={id} label={t('results.of', { name })} hint={t('results.hint')}>
          <Textarea
            rows={2}
            spellCheck={false}
            value={texts[id] ?? ''}
            onChange={(event) => setTexts({ ...texts, [id]: event.target.value })}
          />
        </Field>
      ))}
      <div>
        <Button kind="primary" type="submit" disabled={key === ''}>
          {t('results.send')}
        </Button>
      </div>
    </form>
  )
}
