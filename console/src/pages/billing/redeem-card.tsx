import { Gift } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import type { Schema } from '../../api/types.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Money } from '../../ui/values.tsx'

/** How credit is got: from whoever runs this gateway, or by a code. */
export const RedeemCard = () => {
  const { t } = useTranslation('billing')
  const { may } = useSession()
  return (
    <Card title={t('credit.title')} description={t('credit.text')}>
      <div className="flex flex-col gap-3">
        {may('billing') ? <RedeemForm /> : <PermissionNote permission="billing" />}
      </div>
    </Card>
  )
}

const RedeemForm = () => {
  const { t } = useTranslation('billing')
  const [code, setCode] = useState('')
  const redeem = useCall<Schema<'Redeemed'>>('post', '/api/me/redeem', {
    changes: ['/api/me/balance', '/api/me/ledger', '/api/me/invoices'],
    onSuccess: () => setCode(''),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (code.trim() !== '') redeem.mutate({ body: { code: code.trim() } })
  }
  const fault = redeem.error?.param === 'code' ? redeem.error.message : undefined
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-2">
      <Field label={t('redeem.label')} hint={t('redeem.hint')} error={fault}>
        <Input
          autoComplete="off"
          spellCheck={false}
          placeholder="TG-XXXX-XXXX-XXXX-XXXX"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </Field>
      {fault === undefined && <ErrorNote error={redeem.error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" icon={Gift} disabled={code.trim() === ''} isPending={redeem.isPending}>
          {t('redeem.action')}
        </Button>
        <p role="status">
          {redeem.data && (
            <>
              {t('redeem.done')} <Money amount={redeem.data.redeemed_usd} />
            </>
          )}
        </p>
      </div>
    </form>
  )
}
