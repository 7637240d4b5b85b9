import type { TFunction } from 'i18next'
import { UserMinus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../api/hooks.ts'
import type { Schema } from '../../api/types.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { type Organisation, type Role, useSession } from '../../app/session.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Select } from '../../ui/input.tsx'
import { toast } from '../../ui/toast.tsx'
import { Time } from '../../ui/values.tsx'
import { type Acting, refusalFor, ROLES, roleNamed } from './roles.ts'

type Member = Schema<'Member'>

interface Change {
  readonly member: Member
  /** `undefined`: taken out. */
  readonly role: Role | undefined
}

/** Who acts for an organisation, and what each may do. */
export const Members = ({ organisation }: { readonly organisation: Organisation }) => {
  const { t } = useTranslation('settings')
  const { may, person } = useSession()
  const [asked, setAsked] = useState<Change>()
  const members = useList('/api/organisations/{id}/members', { path: { id: organisation.id } })
  const change = useChange(organisation, () => setAsked(undefined))
  const mayMembers = may('members')
  const owners = members.rows.filter(({ role }) => role === 'owner').length
  const { apply } = change
  const columns = useMemo(() => {
    const acting: Acting = { role: organisation.role, mayMembers, owners }
    const choose = (wanted: Change): void => {
      // What cannot be taken back by oneself is asked about first.
      const isGrave = wanted.role === undefined || wanted.role === 'owner' || wanted.member.person_id === person?.id
      if (isGrave) setAsked(wanted)
      else apply(wanted)
    }
    return columnsOf(t, acting, person?.id, choose)
  }, [t, organisation.role, mayMembers, owners, person?.id, apply])
  const act = asked?.role === undefined ? 'remove' : asked.role === 'owner' ? 'owner' : 'own'
  const name = asked?.member.name ?? ''
  return (
    <Card title={t('members.title', { name: organisation.name })} description={t('members.text')}>
      <div className="flex flex-col gap-3">
        {asked === undefined && <ErrorNote error={change.error} />}
        <PermissionNote permission="members" />
        <DataTable
          label={t('members.title', { name: organisation.name })}
          columns={columns}
          rows={members.rows}
          rowKey={({ person_id: id }) => id}
          source={members}
          hasFixedColumns
          empty={<EmptyState title={t('members.empty')} text={t('members.emptyText')} />}
        />
      </div>
      <ConfirmDialog
        isOpen={asked !== undefined}
        onClose={() => {
          change.reset()
          setAsked(undefined)
        }}
        onConfirm={() => asked && apply(asked)}
        title={t(`members.${act}.title`, { name })}
        text={t(`members.${act}.text`, { name, role: t(`common:role.${asked?.role ?? 'viewer'}`) })}
        action={t(`members.${act}.action`)}
        kind={act === 'remove' ? 'danger' : 'primary'}
        isPending={change.isPending}
        error={change.error}
      />
    </Card>
  )
}

/** Gives a member another role, or takes them out; who changed what they are themselves sees the console change. */
const useChange = (organisation: Organisation, onDone: () => void) => {
  const { t } = useTranslation('settings')
  const { person, refresh } = useSession()
  const path = '/api/organisations/{id}/members/{person_id}'
  const changes = ['/api/organisations']
  const set = useCall('patch', path, { changes })
  const remove = useCall<unknown, 'delete'>('delete', path, { changes })
  const { mutate: mutateSet, reset: resetSet } = set
  const { mutate: mutateRemove, reset: resetRemove } = remove
  const apply = useMemo(
    () =>
      ({ member, role }: Change): void => {
        const where = { id: organisation.id, person_id: member.person_id }
        const done = {
          onSuccess: () => {
            toast(t(role === undefined ? 'members.removed' : 'members.changed', { name: member.name }))
            onDone()
            if (member.person_id === person?.id) void refresh()
          },
        }
        if (role === undefined) mutateRemove({ path: where }, done)
        else mutateSet({ path: where, body: { role } }, done)
      },
    [organisation.id, mutateSet, mutateRemove, person?.id, refresh, onDone, t],
  )
  return {
    apply,
    isPending: set.isPending || remove.isPending,
    error: set.error ?? remove.error,
    reset: () => {
      resetSet()
      resetRemove()
    },
  }
}

const columnsOf = (
  t: TFunction,
  acting: Acting,
  own: string | undefined,
  onChoose: (change: Change) => void,
): readonly Column<Member>[] => [
  {
    id: 'name',
    header: t('person.name'),
    isRowHeader: true,
    sortBy: ({ name }) => name,
    cell: ({ name, email, person_id: id }) => (
      <>
        {name} {id === own && <Badge tone="accent">{t('members.you')}</Badge>}
        <span className="block text-sm font-normal break-all text-muted sm:hidden">{email}</span>
      </>
    ),
  },
  {
    id: 'email',
    header: t('person.email'),
    from: 'sm',
    sortBy: ({ email }) => email,
    cell: ({ email }) => <span className="break-all">{email}</span>,
  },
  {
    id: 'factor',
    header: t('person.factor'),
    from: 'md',
    cell: ({ two_factor: isOn }) => (
      <Badge tone={isOn ? 'good' : 'neutral'}>{t(isOn ? 'factor.on' : 'factor.off')}</Badge>
    ),
  },
  { id: 'since', header: t('members.since'), from: 'lg', cell: ({ since }) => <Time at={since} style="day" /> },
  {
    id: 'role',
    header: t('members.role'),
    cell: (member) => <RoleCell member={member} acting={acting} onChoose={onChoose} />,
  },
  {
    id: 'remove',
    header: t('members.actions'),
    align: 'end',
    cell: (member) =>
      // Oneself leaves, below.
      member.person_id !== own && (
        <Button
          kind="danger"
          icon={UserMinus}
          disabled={refusalFor(member, acting) !== undefined}
          aria-label={t('members.remove.title', { name: member.name })}
          onClick={() => onChoose({ member, role: undefined })}
        >
          {t('members.remove.action')}
        </Button>
      ),
  },
]

const RoleCell = ({
  member,
  acting,
  onChoose,
}: {
  readonly member: Member
  readonly acting: Acting
  readonly onChoose: (change: Change) => void
}) => {
  const { t } = useTranslation('settings')
  const refusal = refusalFor(member, acting)
  return (
    <span className="flex min-w-32 flex-col gap-0.5">
      <Select
        aria-label={t('members.roleOf', { name: member.name })}
        value={member.role}
        disabled={refusal !== undefined}
        onChange={(event) => onChoose({ member, role: roleNamed(event.target.value) })}
        options={ROLES.map((role) => ({
          value: role,
          label: t(`common:role.${role}`),
          disabled: role === 'owner' && acting.role !== 'owner',
        }))}
      />
      {/* That the role may change nobody is said once, above the table. */}
      {refusal !== undefined && refusal !== 'members' && (
        <span className="text-sm text-muted">{t(`members.refusal.${refusal}`)}</span>
      )}
    </span>
  )
}
