import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { safeNext, useFilters } from '../../app/navigate.ts'
import { Notice } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TakeAddress } from './take-address.tsx'

/** Where the links of messages lead: the address is somebody's who reads its mail. */
export default function VerifyPage() {
  const { t } = useTranslation('account')
  const [{ token, change, next }] = useFilters(['token', 'change', 'next'])
  return (
    <>
      <PageHeader title={t(change === '' ? 'verify.title' : 'change.title')} />
      <Card>
        {change !== '' ? (
          <TakeAddress token={change} />
        ) : token === '' ? (
          <Notice tone="warn">{t('noToken')}</Notice>
        ) : (
          <Prove token={token} next={next} />
        )}
      </Card>
    </>
  )
}

const Prove = ({ token, next }: { readonly token: string; readonly next: string }) => {
  const { t } = useTranslation('account')
  const verified = useApi<unknown>('/api/auth/verify-email', { query: { token } })
  if (verified.error) return <ErrorState error={verified.error} onRetry={() => void verified.refetch()} />
  if (verified.isPending) return <Skeleton className="h-6 w-full" />
  return (
    <Notice tone="good">
      {t('verify.done')}{' '}
      <TextLink to="/login" search={{ next: safeNext(next === '' ? undefined : next) }}>
        {t('signup.signIn')}
      </TextLink>
    </Notice>
  )
}
