import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { signOf } from '../../format/money.ts'
import { Stat } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Money } from '../../ui/values.tsx'
import { InvoicesCard } from './invoices-card.tsx'
import { LedgerCard } from './ledger-card.tsx'
import { PlansCard } from './plans-card.tsx'
import { RedeemCard } from './redeem-card.tsx'

/** Held amounts come and go with requests. */
const READ_AGAIN_MS = 15_000

/** What the account has, how it gets more, and everything that moved on it. */
export default function BillingPage() {
  const { t } = useTranslation('billing')
  const balance = useApi('/api/me/balance', { everyMs: READ_AGAIN_MS })
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <div className="flex flex-col gap-4">
        {balance.isPending && <Skeleton className="h-20 w-full" />}
        {balance.error && !balance.data && <ErrorState error={balance.error} onRetry={() => void balance.refetch()} />}
        {balance.data && (
          <dl className="grid grid-cols-[repeat(auto-fill,minmax(min(16rem,100%),1fr))] gap-3">
            {signOf(balance.data.credit_line_usd) === 0 ? (
              <Stat
                label={t('balance.available')}
                value={<Money amount={balance.data.available_usd} />}
                note={t('balance.availableNote')}
              />
            ) : (
              <Stat
                label={t('balance.creditLine')}
                value={<Money amount={balance.data.credit_line_usd} />}
                note={t('balance.creditLineNote')}
              />
            )}
            <Stat
              label={t('balance.held')}
              value={<Money amount={balance.data.held_usd} />}
              note={t('balance.heldNote')}
            />
            <Stat
              label={t('balance.posted')}
              value={<Money amount={balance.data.posted_usd} />}
              note={t('balance.postedNote')}
            />
          </dl>
        )}
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <RedeemCard />
          <PlansCard available={balance.data?.available_usd} />
        </div>
        <InvoicesCard />
        <LedgerCard />
      </div>
    </>
  )
}
