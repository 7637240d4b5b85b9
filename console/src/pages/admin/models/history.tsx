import { Tag } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../../api/hooks.ts'
import { Badge, type Tone } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Fact, Facts } from '../../../ui/card.tsx'
import { ConfirmDialog, Drawer } from '../../../ui/dialog.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Input } from '../../../ui/input.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Money, Time } from '../../../ui/values.tsx'
import type { ModelPrice } from './model-rows.ts'
import { FEES, TOKEN_PRICES } from './price-form.ts'
import { CHANGES } from './set-price.tsx'

export interface HistoryProps {
  /** '': closed. */
  readonly model: string
  readonly onClose: () => void
  readonly onSet: () => void
}

/** Every price of a model, newest first; those to come can be withdrawn. */
export const PriceHistory = ({ model, onClose, onSet }: HistoryProps) => {
  const { t } = useTranslation('admin-models')
  const [withdrawn, setWithdrawn] = useState<ModelPrice>()
  return (
    <>
      <Drawer isOpen={model !== ''} onClose={onClose} title={model || t('history.action')}>
        <div className="flex flex-col items-start gap-3">
          <Button kind="primary" icon={Tag} onClick={onSet}>
            {t('set.action')}
          </Button>
          <div className="w-full">
            <Prices model={model} onWithdraw={setWithdrawn} />
          </div>
        </div>
      </Drawer>
      <Withdraw price={withdrawn} onClose={() => setWithdrawn(undefined)} />
    </>
  )
}

const Prices = ({
  model,
  onWithdraw,
}: {
  readonly model: string
  readonly onWithdraw: (price: ModelPrice) => void
}) => {
  const { t } = useTranslation('admin-models')
  const prices = useList('/api/admin/models/{model}/prices', { path: { model }, enabled: model !== '' })
  if (prices.error && prices.rows.length === 0)
    return <ErrorState error={prices.error} onRetry={() => void prices.refetch()} />
  if (prices.isPending) return <RowsSkeleton />
  return (
    <div className="flex flex-col gap-3 pb-4">
      {prices.rows.length === 0 && <p className="text-muted">{t('noPrices')}</p>}
      <ol className="flex flex-col gap-3">
        {prices.rows.map((price) => (
          <PriceItem
            key={price.id ?? `${price.source} ${price.effective_from}`}
            price={price}
            onWithdraw={() => onWithdraw(price)}
          />
        ))}
      </ol>
      {prices.hasNextPage && (
        <Button onClick={() => void prices.fetchNextPage()} isPending={prices.isFetchingNextPage}>
          {t('common:loadMore')}
        </Button>
      )}
    </div>
  )
}

const TONES: Readonly<Record<ModelPrice['state'], Tone>> = {
  in_force: 'good',
  to_come: 'accent',
  past: 'neutral',
  replaced: 'neutral',
  withdrawn: 'warn',
}

const PriceItem = ({ price, onWithdraw }: { readonly price: ModelPrice; readonly onWithdraw: () => void }) => {
  const { t } = useTranslation('admin-models')
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[price.state]}>{t(`state.${price.state}`)}</Badge>
        <span className="flex-1">
          {price.effective_from === null ? t('fromBeginning') : <Time at={price.effective_from} />}
        </span>
        {price.state === 'to_come' && price.id !== null && <Button onClick={onWithdraw}>{t('withdraw.action')}</Button>}
      </div>
      <Facts>
        {[...TOKEN_PRICES, ...FEES].map((name) => {
          const amount = price.price[name]
          return (
            amount !== undefined && (
              <Fact key={name} label={t(`price.${name}`)}>
                <Money amount={amount} />
              </Fact>
            )
          )
        })}
        {price.price.tiers?.map((tier) => (
          <Fact key={tier.above_input_tokens} label={t('tiers.above', { count: tier.above_input_tokens })}>
            <Money amount={tier.input} /> / <Money amount={tier.output} />
          </Fact>
        ))}
        {Object.entries(price.price.service_tiers ?? {}).map(([name, tier]) => (
          <Fact key={name} label={t('tiers.service', { name })}>
            <Money amount={tier.input} /> / <Money amount={tier.output} />
          </Fact>
        ))}
        <Fact label={t('column.source')}>{t(`source.${price.source}`)}</Fact>
        {price.set_at !== null && (
          <Fact label={t('setAt')}>
            <Time at={price.set_at} /> · {price.set_by}
          </Fact>
        )}
        {price.reason !== null && <Fact label={t('reason.label')}>{price.reason}</Fact>}
        {price.withdrawn_at !== null && (
          <Fact label={t('withdrawnAt')}>
            <Time at={price.withdrawn_at} /> · {price.withdrawn_by}
            {price.withdrawn_reason !== null && <p>{price.withdrawn_reason}</p>}
          </Fact>
        )}
      </Facts>
    </li>
  )
}

const Withdraw = ({ price, onClose }: { readonly price: ModelPrice | undefined; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-models')
  const [reason, setReason] = useState('')
  const withdraw = useCall('delete', '/api/admin/models/{model}/prices/{id}', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('withdraw.done'))
      close()
    },
  })
  const close = (): void => {
    withdraw.reset()
    setReason('')
    onClose()
  }
  const confirm = (): void => {
    if (!price) return
    withdraw.mutate({ path: { model: price.model, id: price.id ?? '' }, query: { reason: reason.trim() } })
  }
  return (
    <ConfirmDialog
      isOpen={price !== undefined}
      onClose={close}
      onConfirm={confirm}
      title={t('withdraw.title', { name: price?.model ?? '' })}
      text={t('withdraw.text')}
      action={t('withdraw.action')}
      isPending={withdraw.isPending}
      error={withdraw.error}
    >
      <Field label={t('reason.label')} hint={t('reason.hint')}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
