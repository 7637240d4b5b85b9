import { useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { AccountForm } from '../../app/account-form.tsx'
import { safeNext, useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TextLink } from '../../ui/text-link.tsx'

/** Signing in: with a password and, where there is one, a second factor; by somebody else's word; or with the admin key. */
export default function LoginPage() {
  const { t } = useTranslation('account')
  const { sign_up: signUp, oidc, mail } = useSession()
  const [step, setStep] = useState<'first' | 'code' | 'again'>('first')
  const [{ next }] = useFilters(['next'])
  const { hasEnded } = useLocation().state
  const enter = useEnter()
  return (
    <>
      <PageHeader title={t('login.title')} />
      <div className="flex flex-col gap-4">
        {hasEnded === true && (
          <div role="status">
            <Notice tone="warn">{t('login.ended')}</Notice>
          </div>
        )}
        <Card>
          {step === 'code' ? (
            <SecondFactor onDone={() => enter('/console')} onAgain={() => setStep('again')} />
          ) : (
            <Password isAgain={step === 'again'} onCode={() => setStep('code')} onDone={() => enter('/console')} />
          )}
          <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {mail && <TextLink to="/forgot">{t('login.forgot')}</TextLink>}
            {signUp !== 'closed' && (
              <TextLink to="/signup" {...(next !== '' && { search: { next: safeNext(next) } })}>
                {t('login.signUp')}
              </TextLink>
            )}
          </p>
        </Card>
        {step !== 'code' && (
          <>
            {oidc.map(({ id, name }) => (
              <Provider key={id} id={id} name={name} />
            ))}
            <AdminKey onDone={() => enter('/admin')} />
          </>
        )}
      </div>
    </>
  )
}

/** Goes where the reader wanted to, as whoever signed in. */
const useEnter = () => {
  const [{ next }] = useFilters(['next'])
  const { refresh } = useSession()
  const navigate = useNavigate()
  return async (otherwise: string): Promise<void> => {
    await refresh()
    await navigate({ href: safeNext(next === '' ? undefined : next, otherwise) })
  }
}

interface FormProps {
  readonly onDone: () => Promise<void>
}

interface PasswordProps extends FormProps {
  readonly isAgain: boolean
  readonly onCode: () => void
}

const Password = ({ isAgain, onCode, onDone }: PasswordProps) => {
  const { t } = useTranslation('account')
  // Who comes from making an account does not write the address again.
  const { signedUpAs } = useLocation().state
  const signIn = useCall<{ readonly twoFactorRedirect?: boolean }>('post', '/api/auth/sign-in/email', {
    onSuccess: ({ twoFactorRedirect }) => (twoFactorRedirect ? onCode() : void onDone()),
  })
  return (
    <>
      {signedUpAs !== undefined && (
        <div role="status" className="mb-3">
          <Notice tone="good">{t('login.signedUp')}</Notice>
        </div>
      )}
      <AccountForm
        takesFocus={isAgain || signedUpAs !== undefined}
        start={signedUpAs === undefined ? {} : { email: signedUpAs }}
        fields={[
          { name: 'email', label: t('email'), type: 'email', autoComplete: 'username' },
          { name: 'password', label: t('password'), type: 'password', autoComplete: 'current-password' },
        ]}
        action={t('login.action')}
        isPending={signIn.isPending}
        error={signIn.error}
        onSubmit={(body) => signIn.mutate({ body })}
      />
    </>
  )
}

/** Six digits are of the app; anything else is a backup code. */
const SecondFactor = ({ onDone, onAgain }: FormProps & { readonly onAgain: () => void }) => {
  const { t } = useTranslation('account')
  const [isTrusted, setTrusted] = useState(false)
  const [isBackup, setBackup] = useState(false)
  const options = { onSuccess: () => void onDone() }
  const app = useCall<unknown>('post', '/api/auth/two-factor/verify-totp', options)
  const backup = useCall<unknown>('post', '/api/auth/two-factor/verify-backup-code', options)
  return (
    <>
      <AccountForm
        takesFocus
        fields={[
          {
            name: 'code',
            label: t('login.code'),
            hint: t('login.codeHint'),
            type: 'text',
            autoComplete: 'one-time-code',
          },
        ]}
        action={t('login.action')}
        isPending={app.isPending || backup.isPending}
        error={isBackup ? backup.error : app.error}
        onSubmit={({ code = '' }) => {
          const written = code.replaceAll(/\s/g, '')
          const isOfApp = /^\d{6}$/.test(written)
          setBackup(!isOfApp)
          const kind = isOfApp ? app : backup
          kind.mutate({ body: { code: written, trustDevice: isTrusted } })
        }}
      >
        <Checkbox label={t('login.trust')} checked={isTrusted} onChange={setTrusted} />
      </AccountForm>
      <Button kind="quiet" className="mt-2" onClick={onAgain}>
        {t('login.again')}
      </Button>
    </>
  )
}

const Provider = ({ id, name }: { readonly id: string; readonly name: string }) => {
  const { t } = useTranslation('account')
  const [{ next }] = useFilters(['next'])
  const callbackURL = safeNext(next === '' ? undefined : next)
  const begin = useCall<{ readonly url: string }>('post', '/api/auth/sign-in/social', {
    onSuccess: ({ url }) => location.assign(url),
  })
  const body = { provider: id, callbackURL, errorCallbackURL: '/login' }
  return (
    <Button isPending={begin.isPending} onClick={() => begin.mutate({ body })}>
      {t('login.with', { name })}
    </Button>
  )
}

const AdminKey = ({ onDone }: FormProps) => {
  const { t } = useTranslation('account')
  const signIn = useCall<unknown>('post', '/api/session/admin-key', { onSuccess: () => void onDone() })
  return (
    <Card title={t('login.operator')} description={t('login.operatorText')}>
      <AccountForm
        fields={[{ name: 'admin_key', label: t('login.adminKey'), type: 'password', autoComplete: 'off' }]}
        action={t('login.operatorAction')}
        isPending={signIn.isPending}
        error={signIn.error}
        onSubmit={(body) => signIn.mutate({ body })}
      />
    </Card>
  )
}
