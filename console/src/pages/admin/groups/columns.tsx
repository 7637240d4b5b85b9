import type { TFunction } from 'i18next'
import { nanoOf } from '../../../format/money.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { nameColumn, sourceColumn } from '../../../ui/entry-columns.tsx'
import { LimitList } from '../../../ui/limit-fields.tsx'
import { EntryActions } from '../../../ui/entry-actions.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import type { Group } from './group-form.ts'

export type Act = 'details' | 'edit' | 'remove'
type OnAct = (act: Act, group: Group) => void

/** What the table of groups shows, and what can be done to each. */
export const columnsOf = (
  t: TFunction,
  channels: ReadonlyMap<string, number>,
  onAct: OnAct,
): readonly Column<Group>[] => [
  nameColumn(t('id.label'), (group) => onAct('details', group)),
  {
    id: 'multiplier',
    header: t('multiplier.label'),
    align: 'end',
    sortBy: ({ multiplier }) => nanoOf(multiplier ?? '1'),
    cell: ({ multiplier }) => `× ${multiplier ?? '1'}`,
  },
  {
    id: 'strategy',
    header: t('strategy.label'),
    sortBy: ({ strategy }) => strategy,
    cell: ({ strategy }) => t(`strategy.name.${strategy ?? 'weighted'}`),
  },
  { id: 'limits', header: t('limits.label'), from: 'sm', cell: ({ limits }) => <LimitList of={limits ?? {}} /> },
  {
    id: 'channels',
    header: t('channels'),
    align: 'end',
    from: 'md',
    sortBy: ({ id }) => channels.get(id) ?? 0,
    cell: ({ id }) => channels.get(id) ?? 0,
  },
  {
    id: 'rules',
    header: t('rules'),
    align: 'end',
    from: 'md',
    sortBy: ({ rules }) => rules?.length ?? 0,
    cell: ({ id, rules }) => (
      <TextLink to="/admin/rules" search={{ group: id }}>
        {t('ruleCount', { count: rules?.length ?? 0 })}
      </TextLink>
    ),
  },
  {
    id: 'hedge',
    header: t('hedge.short'),
    isHidden: true,
    cell: ({ hedge_after: after }) => after ?? t('hedge.never'),
  },
  sourceColumn(t('column.source')),
  {
    id: 'actions',
    header: t('column.actions'),
    align: 'end',
    cell: (row) => <EntryActions namespace="admin-groups" entry={row} onAct={(act) => onAct(act, row)} />,
  },
]
