import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { useNames } from '../../api/names.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { useSession } from '../../app/session.tsx'
import { ownMoney, signOf } from '../../format/money.ts'
import { Notice } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SecretOnce } from '../../ui/copy.tsx'
import { Outcome } from '../../ui/outcome.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { UseIt } from '../../ui/use-it.tsx'
import { Duration, Money, Tokens } from '../../ui/values.tsx'
import { type Receipt, useFirstReceipt } from './first-answer.ts'
import { FirstKey } from './first-key.tsx'
import { Step } from './step.tsx'

/** From nothing to the first answer: a key, credit, a request, and what it cost. */
export const Checklist = ({ onDone }: { readonly onDone: () => void }) => {
  const { t } = useTranslation('home')
  const [secret, setSecret] = useState<string>()
  const { keys } = useNames()
  const balance = useApi('/api/me/balance', { everyMs: 15_000 })
  const receipt = useFirstReceipt()
  const hasKey = secret !== undefined || keys.length > 0
  const hasCredit = balance.data !== undefined && signOf(balance.data.available_usd) > 0
  return (
    <>
      <PageHeader title={t('first.title')} description={t('first.text')} />
      <ol className="flex max-w-4xl flex-col gap-3">
        <Step number={1} title={t('first.key')} isDone={hasKey}>
          <KeyStep secret={secret} hasKey={hasKey} onSecret={setSecret} />
        </Step>
        <Step number={2} title={t('first.credit')} isDone={hasCredit}>
          <p>
            {t(signOf(balance.data?.credit_line_usd ?? '') === 0 ? 'first.available' : 'first.onCredit')}{' '}
            <Money amount={balance.data && ownMoney(balance.data)} />
          </p>
          {!hasCredit && (
            <p className="text-muted">
              {t('first.noCredit')} <TextLink to="/console/billing">{t('first.toBilling')}</TextLink>
            </p>
          )}
        </Step>
        <Step number={3} title={t('first.send')} isDone={receipt !== undefined}>
          <p className="text-muted">{t(secret === undefined ? 'first.sendWithYours' : 'first.sendText')}</p>
          <UseIt {...(secret !== undefined && { secret })} />
        </Step>
        <Step number={4} title={t('first.answer')} isDone={receipt !== undefined}>
          <div role="status" className="flex flex-col items-start gap-3">
            {receipt ? <Answered receipt={receipt} /> : <Waiting />}
          </div>
          {receipt && (
            <p>
              <Button kind="primary" onClick={onDone}>
                {t('first.toOverview')}
              </Button>
            </p>
          )}
        </Step>
      </ol>
    </>
  )
}

interface KeyStepProps {
  readonly secret: string | undefined
  readonly hasKey: boolean
  readonly onSecret: (secret: string) => void
}

const KeyStep = ({ secret, hasKey, onSecret }: KeyStepProps) => {
  const { t } = useTranslation('home')
  const { may } = useSession()
  if (secret !== undefined) return <SecretOnce secret={secret} label={t('first.secret')} />
  return (
    <>
      <p className="text-muted">{t(hasKey ? 'first.hasKey' : 'first.keyText')}</p>
      {may('keys') ? <FirstKey onSecret={onSecret} /> : <PermissionNote permission="keys" />}
    </>
  )
}

const Waiting = () => {
  const { t } = useTranslation('home')
  return (
    <p className="flex items-center gap-2 text-muted">
      <span aria-hidden className="size-2.5 rounded-full bg-accent" />
      {t('first.waiting')}
    </p>
  )
}

const Answered = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('home')
  const isFine = receipt.status < 400
  return (
    <>
      <Notice tone={isFine ? 'good' : 'warn'}>{t(isFine ? 'first.answered' : 'first.refused')}</Notice>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <strong className="break-all">{receipt.model_served || receipt.model_requested}</strong>
        <Outcome status={receipt.status} ended={receipt.ended} />
        <span>
          {t('first.cost')} <Money amount={receipt.cost_usd} />
        </span>
        <span>
          {t('first.tokens')} <Tokens count={receipt.usage.input + receipt.usage.output} />
        </span>
        <span>
          {t('first.took')} <Duration ms={receipt.latency_ms} />
        </span>
      </p>
      <ButtonLink to={`/console/logs/${encodeURIComponent(receipt.request_id)}`}>{t('first.receipt')}</ButtonLink>
    </>
  )
}
