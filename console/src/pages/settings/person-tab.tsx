import { AtSign } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useCall } from '../../api/hooks.ts'
import { AccountForm } from '../../app/account-form.tsx'
import { type Person, useSession } from '../../app/session.tsx'
import { Badge, Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Fact, Facts } from '../../ui/card.tsx'
import { toast } from '../../ui/toast.tsx'
import { AddressDialog } from './address-dialog.tsx'
import { NameForm } from './name-form.tsx'
import { SecondFactor } from './second-factor.tsx'
import { Sessions } from './sessions.tsx'
import { type Way, Ways, WAYS_PATH } from './ways.tsx'

/** Who somebody is, and how they sign in. */
export const PersonTab = () => {
  const { t } = useTranslation('settings')
  const { person, oidc } = useSession()
  const proofs = useApi<readonly Way[]>(WAYS_PATH, { enabled: person !== null })
  if (!person) return <Notice tone="neutral">{t('operator')}</Notice>
  // Until it is known, and where it cannot be told, the usual is shown.
  const hasPassword = proofs.data?.some(({ providerId }) => providerId === 'credential') ?? true
  const places = proofs.data?.map(({ providerId }) => oidc.find(({ id }) => id === providerId)?.name ?? providerId)
  return (
    <div className="flex flex-col gap-4">
      <Profile person={person} hasPassword={hasPassword} />
      {hasPassword ? (
        <>
          <Password />
          <SecondFactor isOn={person.two_factor} />
        </>
      ) : (
        <Card title={t('password.title')}>
          <p>{t('password.elsewhere', { places: places?.join(', ') ?? '' })}</p>
        </Card>
      )}
      <Ways ways={proofs} />
      <Sessions />
    </div>
  )
}

const Profile = ({ person, hasPassword }: { readonly person: Person; readonly hasPassword: boolean }) => {
  const { t } = useTranslation('settings')
  const { refresh, mail, impersonating } = useSession()
  const [isChanging, setChanging] = useState(false)
  const mayChange = mail && hasPassword && impersonating === null
  const rename = useCall<unknown>('post', '/api/auth/update-user', {
    onSuccess: () => {
      toast(t('person.saved'))
      void refresh()
    },
  })
  return (
    <Card title={t('person.title')}>
      <div className="flex flex-col gap-4">
        <NameForm
          label={t('person.name')}
          name={person.name}
          autoComplete="name"
          isDisabled={impersonating !== null}
          isPending={rename.isPending}
          error={rename.error}
          onSave={(name) => rename.mutate({ body: { name } })}
        />
        <Facts>
          <Fact label={t('person.email')}>
            {person.email}{' '}
            {mail && (
              <Badge tone={person.email_verified ? 'good' : 'warn'}>
                {t(person.email_verified ? 'person.proven' : 'person.unproven')}
              </Badge>
            )}
            <p className="text-sm text-muted">
              {t('person.emailUse')} {!mail && t('person.emailNoMail')}
              {mail && !hasPassword && t('person.emailNoPassword')}
            </p>
          </Fact>
        </Facts>
        {mayChange && (
          <div>
            <Button icon={AtSign} onClick={() => setChanging(true)}>
              {t('address.title')}
            </Button>
          </div>
        )}
        <AddressDialog email={person.email} isOpen={isChanging} onClose={() => setChanging(false)} />
      </div>
    </Card>
  )
}

const Password = () => {
  const { t } = useTranslation('settings')
  const change = useCall<unknown>('post', '/api/auth/change-password', { changes: ['/api/auth/list-sessions'] })
  return (
    <Card title={t('password.title')} description={t('password.text')}>
      {change.isSuccess ? (
        <div role="status">
          <Notice tone="good">{t('password.done')}</Notice>
        </div>
      ) : (
        <div className="max-w-md">
          <AccountForm
            fields={[
              {
                name: 'currentPassword',
                label: t('password.current'),
                type: 'password',
                autoComplete: 'current-password',
              },
              {
                name: 'newPassword',
                label: t('password.new'),
                hint: t('password.hint'),
                type: 'password',
                autoComplete: 'new-password',
              },
            ]}
            action={t('password.action')}
            isPending={change.isPending}
            error={change.error}
            onSubmit={(body) => change.mutate({ body: { ...body, revokeOtherSessions: true } })}
          />
        </div>
      )}
    </Card>
  )
}
