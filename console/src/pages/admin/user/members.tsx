import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Time } from '../../../ui/values.tsx'

type Member = Schema<'UserMember'>

/** The people who act for an account; what can be done for each is on a page of their own. */
export const Members = ({ id, isOperator }: { readonly id: string; readonly isOperator: boolean }) => {
  const { t } = useTranslation('admin-user')
  const members = useList('/api/admin/users/{id}/members', { path: { id } })
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Card title={t('members.title')} description={t('members.text')}>
      <DataTable
        label={t('members.title')}
        columns={columns}
        rows={members.rows}
        rowKey={(member) => member.person_id}
        source={members}
        hasFixedColumns
        empty={
          <EmptyState title={t('members.empty')} text={t(isOperator ? 'members.emptyOperator' : 'members.emptyText')} />
        }
      />
    </Card>
  )
}

const columnsOf = (t: TFunction): readonly Column<Member>[] => [
  {
    id: 'name',
    header: t('members.name'),
    isRowHeader: true,
    cell: ({ person_id: id, name, email }) => (
      <>
        <TextLink to="/admin/people/$id" params={{ id }} className="wrap-anywhere">
          {name}
        </TextLink>
        <span className="block text-sm font-normal break-all text-muted">{email}</span>
      </>
    ),
  },
  { id: 'role', header: t('members.role'), cell: ({ role }) => t(`common:role.${role}`, role) },
  {
    id: 'state',
    header: t('members.state'),
    cell: (member) => (
      <span className="flex flex-wrap gap-1">
        {member.disabled && <Badge tone="danger">{t('members.disabled')}</Badge>}
        {member.administrator && <Badge tone="accent">{t('members.administrator')}</Badge>}
        {!member.email_verified && <Badge tone="warn">{t('members.unproven')}</Badge>}
        {member.two_factor && <Badge tone="good">{t('members.factor')}</Badge>}
      </span>
    ),
  },
  { id: 'since', header: t('members.since'), from: 'md', cell: ({ since }) => <Time at={since} style="day" /> },
]
