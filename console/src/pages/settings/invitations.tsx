import type { TFunction } from 'i18next'
import { MailPlus, UserPlus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../api/hooks.ts'
import type { Schema } from '../../api/types.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { type Organisation, useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RemoveDialog } from '../../ui/remove-dialog.tsx'
import { Time } from '../../ui/values.tsx'
import { InviteDialog } from './invite-dialog.tsx'

type Invitation = Schema<'Invitation'>

/** Who was asked to come and did not answer yet. */
export const Invitations = ({ organisation }: { readonly organisation: Organisation }) => {
  const { t } = useTranslation('settings')
  const { may } = useSession()
  const [isInviting, setInviting] = useState(false)
  const [removed, setRemoved] = useState<Invitation>()
  const mayMembers = may('members')
  const invitations = useList('/api/organisations/{id}/invitations', {
    path: { id: organisation.id },
    enabled: mayMembers,
  })
  const columns = useMemo(() => columnsOf(t, setRemoved), [t])
  return (
    <Card
      title={t('invitations.title')}
      description={t('invitations.text')}
      actions={
        <Button icon={UserPlus} disabled={!mayMembers} onClick={() => setInviting(true)}>
          {t('invite.title')}
        </Button>
      }
    >
      {mayMembers ? (
        <DataTable
          label={t('invitations.title')}
          columns={columns}
          rows={invitations.rows}
          rowKey={({ id }) => id}
          source={invitations}
          hasFixedColumns
          empty={<EmptyState icon={MailPlus} title={t('invitations.empty')} text={t('invitations.emptyText')} />}
        />
      ) : (
        <PermissionNote permission="members" />
      )}
      <InviteDialog organisation={organisation} isOpen={isInviting} onClose={() => setInviting(false)} />
      <RemoveDialog
        subject={removed && { id: organisation.id, invitation_id: removed.id }}
        onClose={() => setRemoved(undefined)}
        path="/api/organisations/{id}/invitations/{invitation_id}"
        changes={['/api/organisations']}
        title={t('invitations.removeOne', { name: removed ? nameOf(t, removed) : '' })}
        text={t('invitations.removeText')}
        action={t('invitations.remove')}
        done={t('invitations.removed')}
      />
    </Card>
  )
}

const nameOf = (t: TFunction, { email }: Invitation): string => email ?? t('invitations.anyone')

const columnsOf = (t: TFunction, onRemove: (invitation: Invitation) => void): readonly Column<Invitation>[] => [
  {
    id: 'email',
    header: t('invitations.to'),
    isRowHeader: true,
    sortBy: ({ email }) => email ?? '',
    cell: (invitation) => <span className="break-all">{nameOf(t, invitation)}</span>,
  },
  { id: 'role', header: t('members.role'), cell: ({ role }) => t(`common:role.${role}`, role ?? '') },
  { id: 'by', header: t('invitations.by'), from: 'md', cell: ({ invited_by: by }) => by },
  { id: 'expires', header: t('invitations.expires'), from: 'sm', cell: ({ expires_at: at }) => <Time at={at} /> },
  {
    id: 'actions',
    header: t('members.actions'),
    align: 'end',
    cell: (invitation) => (
      <Button
        kind="danger"
        aria-label={t('invitations.removeOne', { name: nameOf(t, invitation) })}
        onClick={() => onRemove(invitation)}
      >
        {t('invitations.remove')}
      </Button>
    ),
  },
]
