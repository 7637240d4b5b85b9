import { Plus, Ticket } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useFilters } from '../../../app/navigate.ts'
import { nanoOf } from '../../../format/money.ts'
import { Badge, type Tone } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Filters, SearchField } from '../../../ui/filters.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RemoveDialog } from '../../../ui/remove-dialog.tsx'
import { Money, Time } from '../../../ui/values.tsx'
import { MakeCodes } from './make-codes.tsx'
import { Redemptions } from './redemptions.tsx'

type Code = Schema<'RedemptionCode'>

const CHANGES = ['/api/admin/redemption-codes']

/** Codes that are worth credit to whoever redeems them. */
export default function CodesPage() {
  const { t } = useTranslation('admin-codes')
  const [filters, change] = useFilters(['q'])
  const [isMaking, setMaking] = useState(false)
  const [revoked, setRevoked] = useState<Code>()
  const [opened, setOpened] = useState<Code>()
  const codes = useList('/api/admin/redemption-codes', { query: { q: filters.q, limit: 100 }, keepPrevious: true })
  const columns = useMemo(() => columnsOf(t, setRevoked, setOpened), [t])
  const isFiltered = filters.q !== ''
  const make = (
    <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t('make.title')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={make} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={codes.rows}
        rowKey={({ id }) => id}
        source={codes}
        onOpen={setOpened}
        toolbar={
          <Filters {...(isFiltered && { onClear: () => change({ q: '' }) })}>
            <SearchField label={t('search')} value={filters.q} onChange={(q) => change({ q })} />
          </Filters>
        }
        empty={
          isFiltered ? (
            <EmptyState
              icon={Ticket}
              title={t('empty.filtered')}
              action={<Button onClick={() => change({ q: '' })}>{t('common:clearFilters')}</Button>}
            />
          ) : (
            <EmptyState icon={Ticket} title={t('empty.title')} text={t('empty.text')} action={make} />
          )
        }
      />
      <Redemptions code={opened} onClose={() => setOpened(undefined)} />
      <MakeCodes isOpen={isMaking} onClose={() => setMaking(false)} />
      <RemoveDialog
        subject={revoked && { id: revoked.id }}
        onClose={() => setRevoked(undefined)}
        path="/api/admin/redemption-codes/{id}"
        changes={CHANGES}
        title={t('revoke.title', { name: revoked?.hint ?? '' })}
        text={t('revoke.text')}
        action={t('revoke.action')}
        done={t('revoke.done')}
      />
    </>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const TONES: Readonly<Record<Code['state'], Tone>> = {
  open: 'good',
  used_up: 'neutral',
  expired: 'warn',
  revoked: 'neutral',
}

const columnsOf = (
  t: Translate,
  onRevoke: (code: Code) => void,
  onOpen: (code: Code) => void,
): readonly Column<Code>[] => [
  {
    id: 'hint',
    header: t('code'),
    isRowHeader: true,
    cell: (code) => (
      <button type="button" className="link font-mono text-sm" onClick={() => onOpen(code)}>
        {code.hint}
      </button>
    ),
  },
  {
    id: 'amount',
    header: t('amount'),
    align: 'end',
    sortBy: ({ amount_usd: amount }) => nanoOf(amount),
    cell: ({ amount_usd: amount }) => <Money amount={amount} />,
  },
  {
    id: 'state',
    header: t('state'),
    sortBy: ({ state }) => state,
    cell: ({ state }) => <Badge tone={TONES[state]}>{t(`states.${state}`)}</Badge>,
  },
  {
    id: 'uses',
    header: t('uses'),
    align: 'end',
    from: 'sm',
    sortBy: ({ uses }) => uses,
    cell: (row) => t('usesOf', { uses: row.uses, max: row.uses_max }),
  },
  { id: 'note', header: t('note'), from: 'md', cell: ({ note }) => note ?? '' },
  {
    id: 'expires',
    header: t('expires'),
    from: 'md',
    sortBy: ({ expires_at: at }) => at,
    cell: ({ expires_at: at }) => (at === null ? t('never') : <Time at={at} />),
  },
  {
    id: 'created',
    header: t('created'),
    from: 'lg',
    sortBy: ({ created_at: at }) => at,
    cell: ({ created_at: at, created_by: by }) => (
      <>
        <Time at={at} /> · {t(`common:actor.${by}`, by)}
      </>
    ),
  },
  {
    id: 'actions',
    header: t('actions'),
    align: 'end',
    cell: (row) =>
      row.state === 'open' && (
        <Button kind="danger" aria-label={t('revoke.title', { name: row.hint })} onClick={() => onRevoke(row)}>
          {t('revoke.action')}
        </Button>
      ),
  },
]
