import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Form } from '../../../ui/form.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'
import type { ModelPrice } from './model-rows.ts'
import { PriceFields } from './price-fields.tsx'
import { draftOf, faultsOf, newPriceOf, priceOf } from './price-form.ts'
import { PreviewResult } from './preview-result.tsx'

export const CHANGES = ['/api/admin/prices', '/api/admin/models']

export interface SetPriceProps {
  /** `undefined`: closed. */
  readonly model: string | undefined
  /** What is in force now, which the form begins with. */
  readonly before: ModelPrice | undefined
  readonly onClose: () => void
}

/** Sets the price of a model, once it was seen what the last week would have cost at it. */
export const SetPrice = ({ model, before, onClose }: SetPriceProps) => {
  const { t } = useTranslation('admin-models')
  return (
    <Dialog
      isOpen={model !== undefined}
      onClose={onClose}
      title={t('set.title', { name: model ?? '' })}
      description={t('set.text')}
      size="large"
    >
      {/* Made anew where another price has come into force: the form has all of a price, not what differs. */}
      {model !== undefined && (
        <SetForm key={`${model} ${before?.effective_from}`} model={model} before={before} onClose={onClose} />
      )}
    </Dialog>
  )
}

const SetForm = ({ model, before, onClose }: SetPriceProps & { readonly model: string }) => {
  const { t } = useTranslation('admin-models')
  const [seen, setSeen] = useState('')
  const preview = useCall('post', '/api/admin/models/{model}/price/preview')
  const save = useCall('put', '/api/admin/models/{model}/price', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('set.done'))
      onClose()
    },
  })
  const error = save.error ?? preview.error
  const { draft, change, errorOf, check } = useDraft(draftOf(before?.price), faultsOf, error)
  const price = priceOf(draft)
  const wanted = JSON.stringify(price)
  const isSeen = preview.data !== undefined && seen === wanted
  const submit = (): void => {
    if (!check()) return
    save.reset()
    if (isSeen) save.mutate({ path: { model }, body: newPriceOf(draft) })
    else {
      setSeen(wanted)
      preview.mutate({ path: { model }, body: price })
    }
  }
  return (
    <Form
      onSubmit={submit}
      onCancel={onClose}
      action={isSeen ? t('set.save') : t('set.preview')}
      isPending={preview.isPending || save.isPending}
      error={error}
    >
      <PriceFields draft={draft} onChange={change} errorOf={errorOf} />
      <div role="status">
        {isSeen && preview.data && <PreviewResult preview={preview.data} />}
        {!isSeen && preview.data && <Notice tone="neutral">{t('set.changed')}</Notice>}
      </div>
    </Form>
  )
}
