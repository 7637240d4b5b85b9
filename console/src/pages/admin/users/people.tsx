import type { TFunction } from 'i18next'
import { MailPlus, Users } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useFilters } from '../../../app/navigate.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Filters, SearchField } from '../../../ui/filters.tsx'
import { RemoveDialog } from '../../../ui/remove-dialog.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Time } from '../../../ui/values.tsx'

type Person = Schema<'Person'>
type Invitation = Schema<'Invitation'>

/** Everybody who may sign in, whether they ever did or not, and who is invited to. */
export const People = () => {
  const { t } = useTranslation('admin-users')
  const [filters, change] = useFilters(['q'])
  const people = useList('/api/admin/people', { query: { q: filters.q, limit: 100 }, keepPrevious: true })
  const columns = useMemo(() => columnsOf(t), [t])
  const isFiltered = filters.q !== ''
  return (
    <div className="flex flex-col gap-4">
      <DataTable
        label={t('tab.people')}
        columns={columns}
        rows={people.rows}
        rowKey={({ id }) => id}
        source={people}
        toolbar={
          <Filters {...(isFiltered && { onClear: () => change({ q: '' }) })}>
            <SearchField label={t('people.search')} value={filters.q} onChange={(q) => change({ q })} />
          </Filters>
        }
        empty={
          isFiltered ? (
            <EmptyState icon={Users} title={t('people.filtered')} />
          ) : (
            <EmptyState icon={Users} title={t('people.empty')} text={t('people.emptyText')} />
          )
        }
      />
      <Invitations />
    </div>
  )
}

const columnsOf = (t: TFunction): readonly Column<Person>[] => [
  {
    id: 'name',
    header: t('people.name'),
    isRowHeader: true,
    sortBy: ({ name }) => name,
    cell: ({ id, name, email }) => (
      <>
        <TextLink to="/admin/people/$id" params={{ id }} className="wrap-anywhere">
          {name}
        </TextLink>
        <span className="block text-sm font-normal break-all text-muted sm:hidden">{email}</span>
      </>
    ),
  },
  {
    id: 'email',
    header: t('email.label'),
    from: 'sm',
    sortBy: ({ email }) => email,
    cell: ({ email }) => <span className="break-all">{email}</span>,
  },
  { id: 'state', header: t('people.state'), cell: (person) => <States person={person} /> },
  {
    id: 'organisations',
    header: t('people.organisations'),
    from: 'md',
    cell: ({ organisations }) => (
      <span className="flex flex-col">
        {organisations.map(({ id, name, role }) => (
          <span key={id}>
            <TextLink to="/admin/users/$id" params={{ id }} className="wrap-anywhere">
              {name}
            </TextLink>{' '}
            <span className="text-sm text-muted">{t(`common:role.${role}`, role)}</span>
          </span>
        ))}
      </span>
    ),
  },
  {
    id: 'created',
    header: t('created'),
    from: 'lg',
    sortBy: ({ created_at: at }) => at,
    cell: ({ created_at: at }) => <Time at={at} />,
  },
  { id: 'id', header: t('id'), isHidden: true, cell: ({ id }) => <span className="font-mono text-sm">{id}</span> },
]

const States = ({ person }: { readonly person: Person }) => {
  const { t } = useTranslation('admin-users')
  return (
    <span className="flex flex-wrap gap-1">
      {person.disabled && <Badge tone="danger">{t('people.disabled')}</Badge>}
      {person.administrator && <Badge tone="accent">{t('people.administrator')}</Badge>}
      {person.organisations.length === 0 && <Badge tone="neutral">{t('people.noOrganisation')}</Badge>}
      {!person.email_verified && <Badge tone="warn">{t('people.unproven')}</Badge>}
      {person.two_factor && <Badge tone="good">{t('people.factor')}</Badge>}
    </span>
  )
}

const Invitations = () => {
  const { t } = useTranslation('admin-users')
  const [removed, setRemoved] = useState<Invitation>()
  const invitations = useList('/api/admin/invitations', { query: { limit: 100 } })
  const columns = useMemo(() => invitationColumns(t, setRemoved), [t])
  return (
    <Card title={t('invitations.title')} description={t('invitations.text')}>
      <DataTable
        label={t('invitations.title')}
        columns={columns}
        rows={invitations.rows}
        rowKey={({ id }) => id}
        source={invitations}
        hasFixedColumns
        empty={<EmptyState icon={MailPlus} title={t('invitations.empty')} />}
      />
      <RemoveDialog
        subject={removed && { id: removed.id }}
        onClose={() => setRemoved(undefined)}
        path="/api/admin/invitations/{id}"
        changes={['/api/admin/invitations']}
        title={t('invitations.removeOne', { name: removed ? nameOf(t, removed) : '' })}
        text={t('invitations.removeText')}
        action={t('invitations.remove')}
        done={t('invitations.removed')}
      />
    </Card>
  )
}

const nameOf = (t: TFunction, { email }: Invitation): string => email ?? t('invitations.anyone')

const invitationColumns = (t: TFunction, onRemove: (invitation: Invitation) => void): readonly Column<Invitation>[] => [
  {
    id: 'email',
    header: t('invitations.to'),
    isRowHeader: true,
    cell: (invitation) => <span className="break-all">{nameOf(t, invitation)}</span>,
  },
  { id: 'by', header: t('invitations.by'), from: 'md', cell: ({ invited_by: by }) => by },
  { id: 'expires', header: t('invitations.expires'), from: 'sm', cell: ({ expires_at: at }) => <Time at={at} /> },
  {
    id: 'remove',
    header: t('invitations.remove'),
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
