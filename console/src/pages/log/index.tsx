import { ArrowLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { useParam } from '../../app/navigate.ts'
import { Notice } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card, Stat, Stats } from '../../ui/card.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Outcome } from '../../ui/outcome.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/skeleton.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Duration, Money, Time, Tokens } from '../../ui/values.tsx'
import { CostCard } from './cost-card.tsx'
import { FactsCard } from './facts-card.tsx'
import { LossesCard } from './losses-card.tsx'
import { PayloadCard } from './payload-card.tsx'
import type { Receipt } from './receipt.ts'
import { SignatureCard } from './signature-card.tsx'
import { TimelineCard } from './timeline-card.tsx'

/** One request: what was asked, what became of it, and what it cost and why. */
export default function LogPage() {
  const { t } = useTranslation('log')
  const id = useParam('id')
  const found = useApi('/api/me/requests/{request_id}', { path: { request_id: id } })
  const receipt = found.data
  return (
    <>
      <PageHeader
        title={receipt ? t('titleOf', { model: receipt.model_served || receipt.model_requested }) : t('title')}
        description={
          receipt && (
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Outcome status={receipt.status} ended={receipt.ended} />
              <Time at={receipt.at} />
            </span>
          )
        }
        actions={
          <>
            <ButtonLink to="/console/logs" kind="quiet" icon={ArrowLeft}>
              {t('back')}
            </ButtonLink>
            <CopyButton text={id} label={t('facts.copyId')} isWide />
          </>
        }
      />
      {found.isPending && <RowsSkeleton rows={8} />}
      {found.error?.status === 404 && (
        <EmptyState
          title={t('missing.title')}
          text={t('missing.text')}
          action={
            <span className="flex flex-wrap items-center justify-center gap-4">
              <ButtonLink to="/console/logs">{t('back')}</ButtonLink>
              <TextLink to="/docs/errors">{t('missing.errors')}</TextLink>
            </span>
          }
        />
      )}
      {found.error && found.error.status !== 404 && (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      )}
      {receipt && <Found receipt={receipt} />}
    </>
  )
}

const Found = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const { usage } = receipt
  return (
    <div className="flex flex-col gap-4">
      <Links receipt={receipt} />
      <Stats>
        <Stat label={t('stat.cost')} value={<Money amount={receipt.cost_usd} />} />
        <Stat
          label={t('stat.input')}
          value={<Tokens count={usage.input + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h} />}
          note={usage.cache_read > 0 ? t('stat.cached', { count: usage.cache_read }) : undefined}
        />
        <Stat label={t('stat.output')} value={<Tokens count={usage.output} />} />
        <Stat label={t('stat.latency')} value={<Duration ms={receipt.latency_ms} />} />
        <Stat label={t('stat.ttft')} value={<Duration ms={receipt.ttft_ms} />} />
        <Stat label={t('stat.overhead')} value={<Duration ms={receipt.overhead_ms} />} />
      </Stats>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <CostCard receipt={receipt} />
        <div className="flex min-w-0 flex-col gap-4">
          <TimelineCard receipt={receipt} />
          <LossesCard receipt={receipt} />
        </div>
      </div>
      <PayloadCard receipt={receipt} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <FactsCard receipt={receipt} />
        <SignatureCard receipt={receipt} />
      </div>
      <Card title={t('raw.title')} description={t('raw.text')}>
        <details>
          <summary className="touch py-1">{t('raw.show')}</summary>
          <CodeBlock title={`${receipt.request_id}.json`} code={JSON.stringify(receipt, null, 2)} className="mt-2" />
        </details>
      </Card>
    </div>
  )
}

/** A request that was given up and ended after all has two receipts, which lead to each other. */
const Links = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const { corrects, corrected_by: correctedBy } = receipt
  const other = corrects ?? correctedBy
  if (other === undefined) return null
  return (
    <Notice tone="warn">
      {t(corrects === undefined ? 'links.correctedBy' : 'links.corrects')}{' '}
      <TextLink to="/console/logs/$id" params={{ id: other }}>
        {other}
      </TextLink>
    </Notice>
  )
}
