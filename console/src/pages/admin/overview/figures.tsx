import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { signOf } from '../../../format/money.ts'
import { formatShare } from '../../../format/numbers.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Stat, Stats } from '../../../ui/card.tsx'
import { Money, Share, Tokens } from '../../../ui/values.tsx'
import { growthOf, moneyGrowthOf } from './compare.ts'

/** The sums of the range, each against as many days before. */
export const Figures = ({ overview }: { readonly overview: Schema<'Overview'> }) => {
  const { t } = useTranslation('admin-overview')
  const { totals: now, previous: before, users } = overview
  const ofRequests = now.requests === 0 ? null : now.errors / now.requests
  return (
    <div className="flex flex-col gap-3">
      <Stats>
        <Stat
          label={t('requests')}
          value={<Tokens count={now.requests} />}
          note={<Growth growth={growthOf(before.requests, now.requests)} />}
        />
        <Stat
          label={t('errors')}
          value={<Tokens count={now.errors} />}
          note={
            <>
              <Share share={ofRequests} /> · <Growth growth={growthOf(before.errors, now.errors)} />
            </>
          }
        />
        <MoneyStat label={t('charged')} before={before.cost_usd} now={now.cost_usd} />
        <MoneyStat label={t('providerCost')} before={before.provider_cost_usd} now={now.provider_cost_usd} />
        <MoneyStat label={t('margin')} before={before.margin_usd} now={now.margin_usd} />
        <Stat label={t('users')} value={<Tokens count={users.total} />} note={t('newUsers', { count: users.new })} />
      </Stats>
      {now.unpriced > 0 && <Notice tone="warn">{t('unpriced', { count: now.unpriced })}</Notice>}
      {signOf(now.uncollected_usd) !== 0 && (
        <Notice tone="warn">
          {t('uncollected')} <Money amount={now.uncollected_usd} />
        </Notice>
      )}
    </div>
  )
}

const MoneyStat = ({
  label,
  before,
  now,
}: {
  readonly label: string
  readonly before: string
  readonly now: string
}) => (
  <Stat
    label={label}
    value={<Money amount={now} />}
    note={<Growth growth={moneyGrowthOf(before, now)} amount={<Money amount={before} />} />}
  />
)

const Growth = ({ growth, amount }: { readonly growth: number | undefined; readonly amount?: ReactNode }) => {
  const { t, i18n } = useTranslation('admin-overview')
  if (growth === undefined) return <span>{t('nothingBefore')}</span>
  const share = formatShare(Math.abs(growth), i18n.language)
  const said = growth === 0 ? t('same') : growth > 0 ? t('more', { share }) : t('less', { share })
  return (
    <span title={t('before')}>
      {said}
      {amount !== undefined && <> ({amount})</>}
    </span>
  )
}
