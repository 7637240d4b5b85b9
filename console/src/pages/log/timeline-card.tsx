import { useTranslation } from 'react-i18next'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { cx } from '../../ui/cx.ts'
import { Duration } from '../../ui/values.tsx'
import { deliveryOf, placeOf, type Receipt, type Span, spansOf } from './receipt.ts'

/** Who was asked, when, for how long, and what came of it. */
export const TimelineCard = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const spans = spansOf(receipt)
  const delivery = deliveryOf(receipt)
  return (
    <Card title={t('timeline.title')} description={t('timeline.text')}>
      <ol className="flex flex-col gap-3">
        <li>
          <Line label={t('timeline.gateway')} durationMs={receipt.overhead_ms} />
          <Bar startMs={0} durationMs={receipt.overhead_ms} receipt={receipt} tone="bg-muted" />
        </li>
        {spans.map((span) => (
          <Attempted key={span.number} span={span} receipt={receipt} />
        ))}
        {delivery && (
          <li>
            <Line label={t('timeline.delivery')} durationMs={delivery.durationMs} />
            <Bar startMs={delivery.startMs} durationMs={delivery.durationMs} receipt={receipt} tone="bg-accent" />
          </li>
        )}
        {receipt.ttft_ms !== null && (
          <li>
            <Line label={t('timeline.ttft')} durationMs={receipt.ttft_ms} />
            <Bar startMs={receipt.ttft_ms} durationMs={0} receipt={receipt} tone="bg-warn" />
          </li>
        )}
        <li>
          <Line label={t('timeline.whole')} durationMs={receipt.latency_ms} />
          <Bar startMs={0} durationMs={receipt.latency_ms} receipt={receipt} tone="bg-text" />
        </li>
      </ol>
      {spans.length === 0 && <p className="mt-3 text-muted">{t('timeline.none')}</p>}
      {spans.length > 1 && spans.some(({ isGuessed }) => isGuessed) && (
        <p className="mt-3 text-sm text-muted">{t('timeline.guessed')}</p>
      )}
    </Card>
  )
}

const Line = ({ label, durationMs }: { readonly label: string; readonly durationMs: number }) => (
  <p className="flex items-baseline gap-2">
    <span className="min-w-0 flex-1">{label}</span>
    <Duration ms={durationMs} />
  </p>
)

interface AttemptedProps {
  readonly span: Span
  readonly receipt: Receipt
}

const Attempted = ({ span: { attempt, number, startMs, durationMs }, receipt }: AttemptedProps) => {
  const { t } = useTranslation('log')
  const isFine = attempt.error === null && attempt.status >= 200 && attempt.status < 400
  return (
    <li>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="min-w-0 flex-1 break-words">
          {t('timeline.attempt', { number })} <strong>{attempt.channel}</strong>
          {attempt.key !== null && <span className="text-muted"> · {t('timeline.key', { key: attempt.key })}</span>}
        </span>
        <Badge tone={isFine ? 'good' : 'danger'}>
          {attempt.status === 0 ? t('timeline.noAnswer') : String(attempt.status)}
        </Badge>
        <Duration ms={durationMs} />
      </p>
      <Bar startMs={startMs} durationMs={durationMs} receipt={receipt} tone={isFine ? 'bg-good' : 'bg-danger'} />
      {(attempt.error !== null || attempt.why !== null) && (
        <p className="mt-0.5 text-sm break-words text-muted">
          {attempt.why !== null && t('timeline.why', { why: attempt.why })}
          {attempt.error !== null && <span className="block text-danger">{attempt.error}</span>}
        </p>
      )}
    </li>
  )
}

interface BarProps {
  readonly startMs: number
  readonly durationMs: number
  readonly receipt: Receipt
  readonly tone: string
}

const Bar = ({ startMs, durationMs, receipt, tone }: BarProps) => (
  <div aria-hidden className="relative mt-1 h-2 overflow-hidden rounded-full bg-raised">
    <div
      className={cx('absolute inset-y-0 rounded-full', tone)}
      style={placeOf(startMs, durationMs, receipt.latency_ms)}
    />
  </div>
)
