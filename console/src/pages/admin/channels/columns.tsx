import type { TFunction } from 'i18next'
import type { Column } from '../../../ui/data-table.tsx'
import { nameColumn, sourceColumn } from '../../../ui/entry-columns.tsx'
import { EntryActions } from '../../../ui/entry-actions.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import type { Channel } from './channel-form.ts'
import { StandingBadge } from './standing-badge.tsx'
import type { ChannelHealth } from './use-health.ts'

export type Act = 'details' | 'edit' | 'remove'
type OnAct = (act: Act, channel: Channel) => void

/** What the table of channels shows, and what can be done to each. */
export const columnsOf = (
  t: TFunction,
  health: ReadonlyMap<string, ChannelHealth>,
  onAct: OnAct,
): readonly Column<Channel>[] => [
  nameColumn(t('id.label'), (channel) => onAct('details', channel)),
  {
    id: 'provider',
    header: t('provider.label'),
    from: 'sm',
    sortBy: ({ provider }) => provider,
    cell: ({ provider }) => (
      <TextLink to="/admin/providers" search={{ id: provider ?? '' }} className="break-all">
        {provider}
      </TextLink>
    ),
  },
  { id: 'standing', header: t('standing.label'), cell: ({ id }) => <StandingBadge health={health.get(id)} /> },
  { id: 'groups', header: t('groups.label'), from: 'sm', cell: ({ groups }) => groups?.join(', ') },
  {
    id: 'models',
    header: t('models.label'),
    from: 'md',
    sortBy: ({ models }) => models?.length,
    cell: ({ models }) => (
      <span className="whitespace-nowrap">
        {models ? t('models.count', { count: models.length }) : t('models.allShort')}
      </span>
    ),
  },
  {
    id: 'priority',
    header: t('priority.label'),
    align: 'end',
    from: 'sm',
    sortBy: ({ priority }) => priority,
    cell: ({ priority }) => priority ?? 0,
  },
  {
    id: 'weight',
    header: t('weight.label'),
    align: 'end',
    from: 'sm',
    sortBy: ({ weight }) => weight,
    cell: ({ weight }) => weight ?? 1,
  },
  {
    id: 'map',
    header: t('map.label'),
    align: 'end',
    isHidden: true,
    cell: ({ model_map: map }) => Object.keys(map ?? {}).length,
  },
  sourceColumn(t('column.source')),
  {
    id: 'actions',
    header: t('column.actions'),
    align: 'end',
    cell: (row) => <EntryActions namespace="admin-channels" entry={row} onAct={(act) => onAct(act, row)} />,
  },
]
