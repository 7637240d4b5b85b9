import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { AccountForm } from '../../app/account-form.tsx'
import { safeNext, useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TextLink } from '../../ui/text-link.tsx'

/** A new account, where this server gives them out. */
export default function SignUpPage() {
  const { t } = useTranslation('account')
  const { sign_up: signUp, mail } = useSession()
  const [{ invitation, next }] = useFilters(['invitation', 'next'])
  const wanted = safeNext(next === '' ? undefined : next)
  const enter = useEntering(wanted)
  const make = useCall<unknown>('post', '/api/auth/sign-up/email')
  const isOpen = signUp === 'open' || (signUp === 'invited' && invitation !== '')
  const headers = invitation === '' ? {} : { headers: { 'x-tollgate-invitation': invitation } }
  return (
    <>
      <PageHeader title={t('signup.title')} />
      <Card>
        {make.isSuccess && mail ? (
          <Notice tone="good">{t('signup.done')}</Notice>
        ) : isOpen ? (
          <AccountForm
            fields={[
              { name: 'name', label: t('name'), type: 'text', autoComplete: 'name' },
              { name: 'email', label: t('email'), type: 'email', autoComplete: 'username' },
              {
                name: 'password',
                label: t('password'),
                hint: t('passwordHint'),
                type: 'password',
                autoComplete: 'new-password',
              },
            ]}
            action={t('signup.action')}
            isPending={make.isPending || make.isSuccess}
            error={make.error}
            onSubmit={(values) => {
              const { email = '', password = '' } = values
              // Where no message is sent, there is nothing to wait for; else the link in it leads on.
              const onSuccess = (): void => void (mail || enter({ email, password }))
              make.mutate(
                { body: { ...values, ...(next !== '' && { callbackURL: wanted }) }, ...headers },
                { onSuccess },
              )
            }}
          />
        ) : (
          <Notice tone="neutral">{t(signUp === 'invited' ? 'signup.invited' : 'signup.closed')}</Notice>
        )}
        <p className="mt-3 text-sm">
          <TextLink to="/login" {...(next !== '' && { search: { next: wanted } })}>
            {t('signup.signIn')}
          </TextLink>
        </p>
      </Card>
    </>
  )
}

interface Entered {
  readonly email: string
  readonly password: string
}

/**
 * Signs in with what was just entered, and goes where the reader wanted to. The server tells nobody whether an address had
 * an account before: who cannot be let in goes to the sign-in page, with the address filled in.
 */
const useEntering = (wanted: string): ((entered: Entered) => void) => {
  const { refresh } = useSession()
  const navigate = useNavigate()
  const signIn = useCall<{ readonly twoFactorRedirect?: boolean }>('post', '/api/auth/sign-in/email')
  return (entered) => {
    const ask = (): void =>
      void navigate({ to: '/login', search: { next: wanted }, state: { signedUpAs: entered.email } })
    const go = async (): Promise<void> => {
      await refresh()
      await navigate({ href: wanted })
    }
    signIn.mutate(
      { body: { ...entered } },
      { onSuccess: ({ twoFactorRedirect }) => (twoFactorRedirect ? ask() : void go()), onError: ask },
    )
  }
}
