import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi, useCall } from '../../api/hooks.ts'
import { useParam } from '../../app/navigate.ts'
import { type Role, useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorNote, ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextLink } from '../../ui/text-link.tsx'

interface Invitation {
  readonly organisation: { readonly id: string; readonly name: string } | null
  /** null: whoever has the link. */
  readonly email: string | null
  readonly role: Role | null
}

/** Where the link of an invitation leads. */
export default function InvitePage() {
  const { t } = useTranslation('account')
  const token = useParam('token')
  const invitation = useApi<Invitation>('/api/invitations/{token}', { path: { token } })
  return (
    <>
      <PageHeader title={t('invite.title')} />
      <Card>
        {invitation.error ? (
          <ErrorState error={invitation.error} onRetry={() => void invitation.refetch()} />
        ) : invitation.data ? (
          <Accept token={token} invitation={invitation.data} />
        ) : (
          <Skeleton className="h-6 w-full" />
        )}
      </Card>
    </>
  )
}

const Accept = ({ token, invitation }: { readonly token: string; readonly invitation: Invitation }) => {
  const { t } = useTranslation('account')
  const { person, refresh, chooseOrganisation } = useSession()
  const navigate = useNavigate()
  const enter = async (): Promise<void> => {
    await refresh()
    if (invitation.organisation) chooseOrganisation(invitation.organisation.id)
    await navigate({ to: '/console' })
  }
  const accept = useCall<unknown>('post', '/api/invitations/{token}/accept', { onSuccess: () => void enter() })
  const { organisation, email, role } = invitation
  const who = email ?? t('invite.you')
  return (
    <div className="flex flex-col gap-3">
      <p>
        {organisation
          ? t('invite.toOrganisation', { name: organisation.name, who, role: t(`common:role.${role ?? 'viewer'}`) })
          : t('invite.toSignUp', { who })}
      </p>
      {person && organisation ? (
        <Button kind="primary" isPending={accept.isPending} onClick={() => accept.mutate({ path: { token } })}>
          {t('invite.accept')}
        </Button>
      ) : (
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          <TextLink to="/signup" search={{ invitation: token, ...(organisation && { next: `/invite/${token}` }) }}>
            {t('invite.signUp')}
          </TextLink>
          <TextLink to="/login" search={organisation ? { next: `/invite/${token}` } : {}}>
            {t('signup.signIn')}
          </TextLink>
        </p>
      )}
      <ErrorNote error={accept.error} />
    </div>
  )
}
