import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Time } from '../../../ui/values.tsx'

type Key = Schema<'Key'>

/** The keys of an account, revoked ones too. */
export const Keys = ({ id }: { readonly id: string }) => {
  const { t } = useTranslation('admin-user')
  const keys = useList('/api/admin/keys', { query: { user_id: id, limit: 50 } })
  const columns = useMemo<readonly Column<Key>[]>(
    () => [
      { id: 'name', header: t('keys.name'), isRowHeader: true, cell: ({ name }) => name },
      {
        id: 'prefix',
        header: t('keys.prefix'),
        cell: ({ prefix }) => <span className="font-mono text-sm">{prefix}</span>,
      },
      {
        id: 'state',
        header: t('keys.state'),
        cell: ({ state }) => <Badge tone={state === 'active' ? 'good' : 'neutral'}>{t(`keys.states.${state}`)}</Badge>,
      },
      { id: 'group', header: t('keys.group'), from: 'md', cell: ({ group }) => group },
      { id: 'created', header: t('created'), from: 'md', cell: ({ created_at: at }) => <Time at={at} /> },
    ],
    [t],
  )
  return (
    <Card title={t('keys.title')}>
      <DataTable
        label={t('keys.title')}
        columns={columns}
        rows={keys.rows}
        rowKey={(key) => key.id}
        source={keys}
        empty={<EmptyState title={t('keys.empty')} />}
        hasFixedColumns
      />
    </Card>
  )
}
