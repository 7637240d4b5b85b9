import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { browserIn } from '../../../format/browser-name.ts'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Time } from '../../../ui/values.tsx'

type Session = Schema<'PersonSession'>

const CHANGES = ['/api/admin/people', '/api/admin/audit-log'] as const

/** Where somebody is signed in, and an end to it. */
export const Sessions = ({ id }: { readonly id: string }) => {
  const { t } = useTranslation('admin-person')
  const [isAsking, setAsking] = useState(false)
  const sessions = useList('/api/admin/people/{id}/sessions', { path: { id } })
  const { mutate, ...end } = useCall<unknown, 'delete'>('delete', '/api/admin/people/{id}/sessions/{session_id}', {
    changes: CHANGES,
    onSuccess: () => toast(t('sessions.ended')),
  })
  const endAll = useCall<unknown, 'delete'>('delete', '/api/admin/people/{id}/sessions', {
    changes: CHANGES,
    onSuccess: () => {
      toast(t('sessions.allEnded'))
      setAsking(false)
    },
  })
  const columns = useMemo(
    () => columnsOf(t, (session) => mutate({ path: { id, session_id: session.id } })),
    [t, id, mutate],
  )
  return (
    <Card
      title={t('sessions.title')}
      actions={
        sessions.rows.length > 0 && (
          <Button kind="danger" onClick={() => setAsking(true)}>
            {t('sessions.endAll')}
          </Button>
        )
      }
    >
      <ErrorNote error={end.error} />
      <DataTable
        label={t('sessions.title')}
        columns={columns}
        rows={sessions.rows}
        rowKey={(session) => session.id}
        source={sessions}
        hasFixedColumns
        empty={<EmptyState title={t('sessions.empty')} />}
      />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          endAll.reset()
          setAsking(false)
        }}
        onConfirm={() => endAll.mutate({ path: { id } })}
        title={t('sessions.endAll')}
        text={t('sessions.endAllText')}
        action={t('sessions.endAll')}
        isPending={endAll.isPending}
        error={endAll.error}
      />
    </Card>
  )
}

const columnsOf = (t: TFunction, onEnd: (session: Session) => void): readonly Column<Session>[] => {
  const nameOf = ({ user_agent: userAgent }: Session): string => {
    const known = browserIn(userAgent ?? '')
    return known ? t('sessions.on', { ...known }) : (userAgent ?? t('sessions.unknown'))
  }
  return [
    {
      id: 'browser',
      header: t('sessions.browser'),
      isRowHeader: true,
      cell: (session) => (
        <span className="break-words" title={session.user_agent ?? undefined}>
          {nameOf(session)}
        </span>
      ),
    },
    { id: 'address', header: t('sessions.address'), from: 'sm', cell: ({ address }) => address ?? '' },
    {
      id: 'used',
      header: t('sessions.used'),
      from: 'sm',
      cell: ({ last_used_at: at }) => <Time at={at} style="relative" />,
    },
    { id: 'since', header: t('sessions.since'), from: 'md', cell: ({ created_at: at }) => <Time at={at} /> },
    {
      id: 'end',
      header: t('sessions.end'),
      align: 'end',
      cell: (session) => (
        <Button aria-label={t('sessions.endOne', { name: nameOf(session) })} onClick={() => onEnd(session)}>
          {t('sessions.end')}
        </Button>
      ),
    },
  ]
}
