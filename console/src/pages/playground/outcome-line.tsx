import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { inOwnWords } from '../../api/error.ts'
import { TextLink } from '../../ui/text-link.tsx'
import { Duration, Money, Tokens } from '../../ui/values.tsx'
import { NO_ANSWER_CODE, type Outcome } from './run.ts'

/** What became of a request: how it ended, what it used, cost and took, and where all of it is written down. */
export const OutcomeLine = ({ outcome }: { readonly outcome: Outcome | undefined }) => {
  const { t } = useTranslation('playground')
  if (!outcome) return null
  const { receipt, usage, requestId, reason } = outcome
  const spent = receipt?.usage
  const input = spent ? spent.input + spent.cache_read + spent.cache_write_5m + spent.cache_write_1h : usage.input
  return (
    <div className="flex flex-col gap-2">
      <Wrong outcome={outcome} />
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {reason !== undefined && <Figure label={t('outcome.reason')}>{reason}</Figure>}
        {outcome.status !== undefined && outcome.status >= 400 && (
          <Figure label={t('outcome.status')}>{outcome.status}</Figure>
        )}
        <Figure label={t('outcome.input')}>
          <Tokens count={input} />
        </Figure>
        <Cached count={spent?.cache_read ?? usage.cached} />
        <Figure label={t('outcome.output')}>
          <Tokens count={spent?.output ?? usage.output} />
        </Figure>
        <Thought count={spent?.reasoning ?? usage.reasoning} />
        <Figure label={t('outcome.cost')}>
          <Money amount={receipt?.cost_usd ?? outcome.costUsd} />
        </Figure>
        <Figure label={t('outcome.first')}>
          <Duration ms={outcome.firstMs} />
        </Figure>
        <Figure label={t('outcome.took')}>
          <Duration ms={outcome.tookMs} />
        </Figure>
        {requestId !== undefined && (
          <Figure label={t('outcome.request')}>
            <TextLink to={`/console/logs/${encodeURIComponent(requestId)}`}>{requestId}</TextLink>
          </Figure>
        )}
      </dl>
      <Lost warnings={outcome.warnings} />
    </div>
  )
}

const Figure = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="flex min-w-0 gap-1.5">
    <dt className="text-muted">{label}</dt>
    <dd className="min-w-0 break-all">{children}</dd>
  </div>
)

const Cached = ({ count = 0 }: { readonly count: number | undefined }) => {
  const { t } = useTranslation('playground')
  return count > 0 ? (
    <Figure label={t('outcome.cached')}>
      <Tokens count={count} />
    </Figure>
  ) : null
}

const Thought = ({ count = 0 }: { readonly count: number | undefined }) => {
  const { t } = useTranslation('playground')
  return count > 0 ? (
    <Figure label={t('outcome.reasoning')}>
      <Tokens count={count} />
    </Figure>
  ) : null
}

/** An error in the gateway's own words, or why there is no whole answer. */
const Wrong = ({ outcome }: { readonly outcome: Outcome }) => {
  const { t } = useTranslation('playground')
  const { problem, isStopped, reason, status } = outcome
  if (isStopped) return <p className="text-sm text-warn">{t('outcome.stopped')}</p>
  if (!problem) return reason === undefined ? <p className="text-sm text-warn">{t('outcome.cut')}</p> : null
  const isGone = problem.code === NO_ANSWER_CODE && status === undefined
  return (
    <div role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
      <p className="flex items-start gap-2">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 break-words">{isGone ? t('common:error.noAnswer') : inOwnWords(problem.message)}</span>
      </p>
      {!isGone && problem.code !== undefined && <code className="text-sm">{problem.code}</code>}
    </div>
  )
}

/** What the gateway had to leave out on the way into another format. */
const Lost = ({ warnings }: { readonly warnings: readonly string[] }) => {
  const { t } = useTranslation('playground')
  if (warnings.length === 0) return null
  return (
    <details className="text-sm">
      <summary className="touch text-warn">{t('outcome.lost', { count: warnings.length })}</summary>
      <ul className="pl-4">
        {warnings.map((warning) => (
          <li key={warning}>
            <code className="break-all">{warning}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}
