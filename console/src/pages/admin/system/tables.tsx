import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Time } from '../../../ui/values.tsx'

type System = Schema<'System'>
type Replica = System['replicas'][number]
type Migration = System['database']['migrations'][number]

/** The processes that were heard of in the last minute. */
export const Replicas = ({ replicas }: { readonly replicas: readonly Replica[] }) => {
  const { t } = useTranslation('admin-system')
  const columns = useMemo<readonly Column<Replica>[]>(
    () => [
      {
        id: 'host',
        header: t('replicas.host'),
        isRowHeader: true,
        cell: ({ host, self }) => (
          <>
            {host} {self && <Badge tone="accent">{t('replicas.self')}</Badge>}
          </>
        ),
      },
      { id: 'version', header: t('process.version'), cell: ({ version }) => version },
      { id: 'started', header: t('process.started'), from: 'sm', cell: ({ started_at: at }) => <Time at={at} /> },
      { id: 'seen', header: t('replicas.seen'), cell: ({ seen_at: at }) => <Time at={at} style="relative" /> },
      {
        id: 'id',
        header: t('replicas.id'),
        from: 'lg',
        cell: ({ id }) => <span className="font-mono text-sm">{id}</span>,
      },
    ],
    [t],
  )
  return (
    <Card title={t('replicas.title')} description={t('replicas.text')}>
      <DataTable
        label={t('replicas.title')}
        columns={columns}
        rows={replicas}
        rowKey={({ id }) => id}
        hasFixedColumns
      />
    </Card>
  )
}

/** The steps by which the database became what it is. */
export const Migrations = ({ migrations }: { readonly migrations: readonly Migration[] }) => {
  const { t } = useTranslation('admin-system')
  const columns = useMemo<readonly Column<Migration>[]>(
    () => [
      { id: 'number', header: t('migrations.number'), align: 'end', cell: ({ number }) => number },
      { id: 'name', header: t('migrations.name'), isRowHeader: true, cell: ({ name }) => name },
      { id: 'applied', header: t('migrations.applied'), cell: ({ applied_at: at }) => <Time at={at} /> },
    ],
    [t],
  )
  return (
    <Card title={t('migrations.title')}>
      <DataTable
        label={t('migrations.title')}
        columns={columns}
        rows={migrations}
        rowKey={({ number }) => String(number)}
        hasFixedColumns
      />
    </Card>
  )
}
