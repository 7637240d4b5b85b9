import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useCall } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Time } from '../../ui/values.tsx'
import { browserIn } from '../../format/browser-name.ts'

interface Signed {
  readonly id: string
  readonly token: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

const CHANGES = ['/api/auth/list-sessions']

/** Where somebody is signed in, and an end to it. */
export const Sessions = () => {
  const { t } = useTranslation('settings')
  const { session_id: own } = useSession()
  const sessions = useApi<readonly Signed[]>('/api/auth/list-sessions')
  const { mutate, ...end } = useCall<unknown>('post', '/api/auth/revoke-session', { changes: CHANGES })
  const endOthers = useCall<unknown>('post', '/api/auth/revoke-other-sessions', { changes: CHANGES })
  const columns = useMemo(() => columnsOf(t, own, (token) => mutate({ body: { token } })), [t, own, mutate])
  const rows = sessions.data ?? []
  return (
    <Card
      title={t('sessions.title')}
      description={t('sessions.text')}
      actions={
        rows.length > 1 && (
          <Button kind="danger" isPending={endOthers.isPending} onClick={() => endOthers.mutate({})}>
            {t('sessions.endOthers')}
          </Button>
        )
      }
    >
      <ErrorNote error={end.error ?? endOthers.error} />
      <DataTable
        label={t('sessions.title')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        source={sessions}
        hasFixedColumns
      />
    </Card>
  )
}

const columnsOf = (t: TFunction, own: string | null, onEnd: (token: string) => void): readonly Column<Signed>[] => {
  const nameOf = ({ userAgent }: Signed): string => {
    const known = browserIn(userAgent ?? '')
    return known ? t('sessions.on', { ...known }) : (userAgent ?? t('sessions.unknown'))
  }
  return [
    {
      id: 'browser',
      header: t('sessions.browser'),
      isRowHeader: true,
      cell: (session) => (
        <span className="break-words" title={session.userAgent ?? undefined}>
          {nameOf(session)}
        </span>
      ),
    },
    { id: 'address', header: t('sessions.address'), cell: ({ ipAddress }) => ipAddress ?? '' },
    {
      id: 'used',
      header: t('sessions.used'),
      from: 'sm',
      // Of this one it is now, whatever was written down last.
      cell: ({ id, updatedAt }) => (id === own ? t('sessions.now') : <Time at={updatedAt} style="relative" />),
    },
    { id: 'since', header: t('sessions.since'), from: 'md', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      id: 'end',
      header: t('sessions.end'),
      align: 'end',
      cell: (session) =>
        session.id === own ? (
          <Badge tone="good">{t('sessions.own')}</Badge>
        ) : (
          <Button aria-label={t('sessions.endOne', { name: nameOf(session) })} onClick={() => onEnd(session.token)}>
            {t('sessions.end')}
          </Button>
        ),
    },
  ]
}
