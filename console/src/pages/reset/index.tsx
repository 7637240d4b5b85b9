import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { AccountForm } from '../../app/account-form.tsx'
import { useFilters } from '../../app/navigate.ts'
import { Notice } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TextLink } from '../../ui/text-link.tsx'

/** A new password, by the link that was sent. It ends every session there is. */
export default function ResetPage() {
  const { t } = useTranslation('account')
  const [{ token }] = useFilters(['token'])
  const reset = useCall<unknown>('post', '/api/auth/reset-password')
  const field = {
    label: t('newPassword'),
    hint: t('passwordHint'),
    type: 'password',
    autoComplete: 'new-password',
  } as const
  return (
    <>
      <PageHeader title={t('reset.title')} />
      <Card>
        {reset.isSuccess ? (
          <Notice tone="good">
            {t('reset.done')} <TextLink to="/login">{t('signup.signIn')}</TextLink>
          </Notice>
        ) : token === '' ? (
          <Notice tone="warn">{t('noToken')}</Notice>
        ) : (
          <AccountForm
            fields={[{ name: 'newPassword', ...field }]}
            action={t('reset.action')}
            isPending={reset.isPending}
            error={reset.error}
            onSubmit={({ newPassword }) => reset.mutate({ body: { newPassword, token } })}
          />
        )}
      </Card>
    </>
  )
}
