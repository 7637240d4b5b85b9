import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newDeedId } from '../../api/deed.ts'
import { useApi, useCall } from '../../api/hooks.ts'
import type { Schema } from '../../api/types.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { useSession } from '../../app/session.tsx'
import { nanoOf, signOf } from '../../format/money.ts'
import { percentOff } from '../../format/percent.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Money, Tokens } from '../../ui/values.tsx'

type Plan = Schema<'Plan'>

const LIMITS = ['rpm', 'tpm', 'concurrency'] as const

/** The plans there are, and a button that takes one. */
export const PlansCard = ({ available }: { readonly available: string | undefined }) => {
  const { t } = useTranslation('billing')
  const plans = useApi('/api/me/plans')
  const [wanted, setWanted] = useState<Plan>()
  const list = plans.data?.data
  return (
    <Card title={t('plans.title')} description={t('plans.text')}>
      <div className="flex flex-col gap-3">
        {plans.isPending && <Skeleton className="h-24 w-full" />}
        {plans.error && <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />}
        {list?.length === 0 && <EmptyState title={t('plans.emptyTitle')} text={t('plans.emptyText')} />}
        {list && list.length > 0 && (
          <>
            <PermissionNote permission="billing" />
            <ul className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-3">
              {list.map((plan) => (
                <PlanItem key={plan.id} plan={plan} available={available} onTake={() => setWanted(plan)} />
              ))}
            </ul>
          </>
        )}
      </div>
      <BuyPlan plan={wanted} onClose={() => setWanted(undefined)} />
    </Card>
  )
}

interface PlanItemProps {
  readonly plan: Plan
  readonly available: string | undefined
  readonly onTake: () => void
}

const PlanItem = ({ plan, available, onTake }: PlanItemProps) => {
  const { t, i18n } = useTranslation('billing')
  const { may } = useSession()
  const isCovered = available === undefined || (nanoOf(available) ?? 0n) >= (nanoOf(plan.price_usd) ?? 0n)
  return (
    <li className="flex flex-col gap-1 rounded-lg border border-line p-3">
      <h3 className="break-words">{plan.id}</h3>
      <p className="text-xl font-semibold">
        <Money amount={plan.price_usd} />
      </p>
      <p className="text-sm text-muted">
        {signOf(plan.discount) === 0
          ? t('plans.noDiscount')
          : t('plans.off', { percent: percentOff(plan.discount, i18n.language) })}
      </p>
      {LIMITS.map((limit) =>
        plan[limit] === null ? null : (
          <p key={limit} className="text-sm text-muted">
            {t(`plans.${limit}`)} <Tokens count={plan[limit]} />
          </p>
        ),
      )}
      {may('billing') && (
        <div className="mt-auto pt-2">
          <Button disabled={!isCovered} onClick={onTake}>
            {t('plans.take')}
          </Button>
          {!isCovered && <p className="mt-1 text-sm text-muted">{t('plans.notCovered')}</p>}
        </div>
      )}
    </li>
  )
}

const BuyPlan = ({ plan, onClose }: { readonly plan: Plan | undefined; readonly onClose: () => void }) => {
  const { t } = useTranslation('billing')
  // One name for each plan that is asked about: pressed twice, it is bought once.
  const [deed, setDeed] = useState(newDeedId)
  const end = (): void => {
    buy.reset()
    setDeed(newDeedId())
    onClose()
  }
  const buy = useCall('post', '/api/me/plan', {
    changes: ['/api/me'],
    onSuccess: () => {
      toast(t('plans.done'))
      end()
    },
  })
  return (
    <ConfirmDialog
      isOpen={plan !== undefined}
      onClose={end}
      onConfirm={() => plan && buy.mutate({ body: { plan: plan.id, idempotency_key: deed } })}
      kind="primary"
      title={t('plans.confirmTitle', { plan: plan?.id ?? '' })}
      text={
        <>
          {t('plans.confirmText')} <Money amount={plan?.price_usd} />
        </>
      }
      action={t('plans.confirm')}
      isPending={buy.isPending}
      error={buy.error}
    />
  )
}
