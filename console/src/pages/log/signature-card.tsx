import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import { Notice, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Fact, Facts } from '../../ui/card.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import type { Receipt } from './receipt.ts'
import { type Verdict, verdictOf } from './signature.ts'

const KEYS = '/.well-known/tollgate-receipts.json'

const TONES: Readonly<Record<Verdict, Tone>> = {
  genuine: 'good',
  forged: 'danger',
  'unknown-key': 'warn',
  unable: 'warn',
}

/** The signature, and a button that checks it here. */
export const SignatureCard = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const [verdict, setVerdict] = useState<Verdict>()
  const [error, setError] = useState<unknown>()
  const check = async (): Promise<void> => {
    setError(undefined)
    try {
      const { keys } = await call<{ readonly keys: readonly { readonly kid: string; readonly x: string }[] }>(
        'get',
        KEYS,
      )
      setVerdict(await verdictOf(receipt, keys))
    } catch (thrown) {
      setError(thrown)
    }
  }
  const { signature } = receipt
  return (
    <Card
      title={t('signature.title')}
      description={t('signature.text')}
      actions={<Button onClick={() => void check()}>{t('signature.check')}</Button>}
    >
      <div className="flex flex-col gap-3">
        <div role="status" className="empty:hidden">
          {verdict && <Notice tone={TONES[verdict]}>{t(`signature.${verdict}`)}</Notice>}
        </div>
        <ErrorNote error={error} />
        <Facts>
          <Fact label={t('signature.algorithm')}>{signature.alg}</Fact>
          <Fact label={t('signature.key')}>
            <code className="break-all">{signature.key_id}</code>
          </Fact>
          <Fact label={t('signature.value')}>
            <code className="text-sm break-all">{signature.value}</code>
          </Fact>
        </Facts>
      </div>
    </Card>
  )
}
