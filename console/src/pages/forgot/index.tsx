import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { AccountForm } from '../../app/account-form.tsx'
import { useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { PageHeader } from '../../ui/page-header.tsx'

/** Asks for a message with a link to a new password. Whether somebody has that address is not told. */
export default function ForgotPage() {
  const { t } = useTranslation('account')
  const { mail } = useSession()
  const ask = useCall<unknown>('post', '/api/auth/request-password-reset')
  return (
    <>
      <PageHeader title={t('forgot.title')} />
      <Card>
        {ask.isSuccess ? (
          <Notice tone="good">{t('forgot.done')}</Notice>
        ) : mail ? (
          <AccountForm
            fields={[{ name: 'email', label: t('email'), type: 'email', autoComplete: 'username' }]}
            action={t('forgot.action')}
            isPending={ask.isPending}
            error={ask.error}
            onSubmit={(body) => ask.mutate({ body })}
          />
        ) : (
          <Notice tone="neutral">{t('forgot.noMail')}</Notice>
        )}
      </Card>
    </>
  )
}
