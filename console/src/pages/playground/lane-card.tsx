import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/input.tsx'
import type { Bench, Lane } from './bench.ts'
import { FORMATS, type Format } from './conversation.ts'
import { CopyAs } from './copy-as.tsx'
import { store } from './store.ts'
import { Transcript } from './transcript.tsx'
import { isWithout, modelNamed, useAskable } from './use-models.ts'

export interface LaneCardProps {
  readonly lane: Lane
  readonly bench: Bench
  /** Which of two; alone it has no number. */
  readonly place: number | undefined
}

/** A model and a format, and the conversation with it. */
export const LaneCard = ({ lane, bench, place }: LaneCardProps) => {
  const { t } = useTranslation('playground')
  const [isCopying, setCopying] = useState(false)
  return (
    <Card
      title={place === undefined ? t('lane.title') : t('lane.numbered', { place })}
      actions={
        <Button kind="quiet" disabled={lane.model === ''} onClick={() => setCopying(true)}>
          {t('copyAs.action')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Asked lane={lane} />
        <Cautions lane={lane} bench={bench} />
        <Transcript lane={lane} />
      </div>
      <CopyAs isOpen={isCopying} onClose={() => setCopying(false)} lane={lane} bench={bench} />
    </Card>
  )
}

const Asked = ({ lane }: { readonly lane: Lane }) => {
  const { t } = useTranslation('playground')
  const { models, error } = useAskable()
  const isBusy = lane.running !== undefined
  const choose = (model: string): void =>
    store.changeLane(lane.id, {
      model: model.trim(),
      outputTokensMax: modelNamed(models, model.trim())?.max_output_tokens ?? undefined,
    })
  const options = models.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => ({ value: name, label: name })))
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('lane.model')} hint={error ? t('lane.noList') : undefined}>
        <Combobox
          value={lane.model}
          options={options}
          onChange={choose}
          allowsOther
          disabled={isBusy}
          placeholder={t('lane.modelPlace')}
        />
      </Field>
      <Field label={t('lane.format')}>
        <Select
          value={lane.format}
          disabled={isBusy}
          options={FORMATS.map((format) => ({ value: format, label: t(`format.${format}`) }))}
          onChange={(event) => store.changeLane(lane.id, { format: event.target.value as Format })}
        />
      </Field>
    </div>
  )
}

/** What a model is known not to do, and what a format has no field for. It can be tried all the same. */
const Cautions = ({ lane, bench }: { readonly lane: Lane; readonly bench: Bench }) => {
  const { t } = useTranslation('playground')
  const { models } = useAskable()
  const model = modelNamed(models, lane.model)
  const hasImages = bench.images.length > 0 || lane.turns.some((turn) => turn.role === 'user' && turn.images.length > 0)
  const { thinking, showsThinking } = bench.settings
  const cautions = [
    hasImages && isWithout(model, 'images') && t('caution.images'),
    bench.tools.length > 0 && isWithout(model, 'tools') && t('caution.tools'),
    (thinking !== '' || showsThinking) && isWithout(model, 'reasoning') && t('caution.reasoning'),
    thinking === 'budget' && lane.format.startsWith('openai-') && t('caution.budget'),
  ].filter((caution) => caution !== false)
  if (cautions.length === 0) return null
  return (
    <Notice tone="warn">
      <ul>
        {cautions.map((caution) => (
          <li key={caution}>{caution}</li>
        ))}
      </ul>
    </Notice>
  )
}
