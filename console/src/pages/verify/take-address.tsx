import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextLink } from '../../ui/text-link.tsx'

/** Takes the new address that the link was sent to, once whoever asked for it says so. */
export const TakeAddress = ({ token }: { readonly token: string }) => {
  const { t } = useTranslation('account')
  const { person, state, refresh } = useSession()
  const take = useCall<unknown>('post', '/api/auth/change-email/confirm', { onSuccess: () => void refresh() })
  if (state === 'waiting') return <Skeleton className="h-6 w-full" />
  if (take.isSuccess)
    return (
      <div role="status">
        <Notice tone="good">
          {t('change.done')} <TextLink to="/console/settings">{t('change.settings')}</TextLink>
        </Notice>
      </div>
    )
  if (!person)
    return (
      <p>
        {t('change.signIn')}{' '}
        <TextLink to="/login" search={{ next: `/verify?change=${encodeURIComponent(token)}` }}>
          {t('signup.signIn')}
        </TextLink>
      </p>
    )
  const email = addressIn(token)
  if (email !== '' && email.toLowerCase() === person.email.toLowerCase())
    return (
      <Notice tone="good">
        {t('change.already', { email })} <TextLink to="/console/settings">{t('change.settings')}</TextLink>
      </Notice>
    )
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="wrap-anywhere">{t('change.text', { name: person.name, before: person.email, email })}</p>
      <ErrorNote error={take.error} />
      <Button kind="primary" isPending={take.isPending} onClick={() => take.mutate({ body: { token } })}>
        {t('change.action')}
      </Button>
    </div>
  )
}

/** The link names the address; whether it is right the server says. */
const addressIn = (token: string): string => {
  try {
    const coded = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    return new TextDecoder().decode(Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0)))
  } catch {
    return ''
  }
}
