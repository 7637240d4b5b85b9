import type { TFunction } from 'i18next'
import { ScrollText } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../api/types.ts'
import { Card, Fact, Facts } from './card.tsx'
import { type Column, DataTable, type RowSource } from './data-table.tsx'
import { DiffView } from './diff-view.tsx'
import { Drawer } from './dialog.tsx'
import { EmptyState } from './empty-state.tsx'
import { Time, Unknown } from './values.tsx'

type Entry = Schema<'AuditEntry'>

export interface AuditEntriesProps {
  /** Whose acts they are, for ears. */
  readonly label: string
  readonly entries: RowSource & { readonly rows: readonly Entry[] }
  readonly isFiltered: boolean
  readonly toolbar: ReactNode
}

/** Who did what, newest first; each opens with what it changed. */
export const AuditEntries = ({ label, entries, isFiltered, toolbar }: AuditEntriesProps) => {
  const { t } = useTranslation('admin-audit')
  const [opened, setOpened] = useState<Entry>()
  const columns = useMemo(() => columnsOf(t, setOpened), [t])
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={entries.rows}
        rowKey={({ id }) => id}
        source={entries}
        toolbar={toolbar}
        empty={
          <EmptyState
            icon={ScrollText}
            title={t('empty.title')}
            text={isFiltered ? t('empty.filtered') : t('empty.text')}
          />
        }
        onOpen={setOpened}
      />
      <Drawer
        isOpen={opened !== undefined}
        onClose={() => setOpened(undefined)}
        title={opened ? t(`actions.${opened.action}`, opened.action) : label}
      >
        {opened && <EntryDetails entry={opened} />}
      </Drawer>
    </>
  )
}

const columnsOf = (t: TFunction, open: (entry: Entry) => void): readonly Column<Entry>[] => [
  {
    id: 'at',
    header: t('at'),
    cell: ({ at }) => (
      <span className="[&>time]:max-sm:whitespace-normal">
        <Time at={at} style="hour" />
      </span>
    ),
  },
  {
    id: 'actor',
    header: t('actor'),
    cell: ({ actor, actor_name: name }) => <span className="wrap-anywhere">{name ?? t(`actors.${actor}`, actor)}</span>,
  },
  {
    id: 'action',
    header: t('action'),
    isRowHeader: true,
    cell: (entry) => (
      <button
        type="button"
        className="text-left font-medium wrap-anywhere text-accent underline-offset-2 hover:underline"
        onClick={() => open(entry)}
      >
        {t(`actions.${entry.action}`, entry.action)}
      </button>
    ),
  },
  {
    id: 'subject',
    header: t('subject'),
    from: 'md',
    cell: (entry) => <Subject entry={entry} />,
  },
  { id: 'reason', header: t('reason'), from: 'lg', cell: ({ reason }) => reason ?? '' },
  { id: 'address', header: t('address'), from: 'lg', cell: ({ address }) => address },
]

/** Of what it is: by its name, where what was written down has one, and its id. */
const Subject = ({ entry: { subject, before, after } }: { readonly entry: Entry }) => {
  if (subject === null) return <Unknown />
  const name = [after, before].flatMap((state) => [state?.['name'], state?.['email']]).find(isText)
  return (
    <span className="wrap-anywhere">
      {name !== undefined && name !== subject && <span className="block">{name}</span>}
      <span className="font-mono text-sm">{subject}</span>
    </span>
  )
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const EntryDetails = ({ entry }: { readonly entry: Entry }) => {
  const { t } = useTranslation('admin-audit')
  return (
    <div className="flex flex-col gap-4">
      <Facts>
        <Fact label={t('at')}>
          <Time at={entry.at} />
        </Fact>
        <Fact label={t('actor')}>
          {entry.actor_name ?? t(`actors.${entry.actor}`, '')} <span className="font-mono text-sm">{entry.actor}</span>
        </Fact>
        <Fact label={t('address')}>{entry.address}</Fact>
        <Fact label={t('action')}>
          <span className="font-mono text-sm">{entry.action}</span>
        </Fact>
        <Fact label={t('subject')}>
          <Subject entry={entry} />
        </Fact>
        <Fact label={t('organisation')}>{entry.user_id ?? <Unknown />}</Fact>
        <Fact label={t('reason')}>{entry.reason ?? <Unknown />}</Fact>
        <Fact label={t('request')}>
          <span className="font-mono text-sm">{entry.request_id}</span>
        </Fact>
      </Facts>
      <Card title={t('changed')}>
        <DiffView left={entry.before} right={entry.after} leftTitle={t('before')} rightTitle={t('after')} />
      </Card>
    </div>
  )
}
