import type { TFunction } from 'i18next'
import { EllipsisVertical, History, Tag } from 'lucide-react'
import { nanoOf } from '../../../format/money.ts'
import { Badge } from '../../../ui/badge.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import { Menu, MenuAction } from '../../../ui/menu.tsx'
import { Time, Unknown } from '../../../ui/values.tsx'
import type { ModelRow } from './model-rows.ts'
import { InOut, OfficialPrice } from './official-price.tsx'

export type Act = 'set' | 'history'
type OnAct = (act: Act, row: ModelRow) => void

/** What the table of prices shows, and what can be done to each. */
export const columnsOf = (t: TFunction, onAct: OnAct): readonly Column<ModelRow>[] => [
  {
    id: 'model',
    header: t('model'),
    isRowHeader: true,
    sortBy: ({ id }) => id,
    cell: (row) => (
      <button type="button" className="link min-w-36 text-left break-all" onClick={() => onAct('history', row)}>
        {row.id}
      </button>
    ),
  },
  {
    id: 'official',
    header: t('column.official'),
    align: 'end',
    cell: ({ id, inForce }) =>
      inForce ? <OfficialPrice model={id} inForce={inForce} /> : <Badge tone="warn">{t('noPrice')}</Badge>,
  },
  {
    id: 'set',
    header: t('column.set'),
    align: 'end',
    sortBy: ({ inForce }) => (inForce?.source === 'administrator' ? nanoOf(inForce.price.input) : undefined),
    cell: ({ inForce }) =>
      inForce?.source === 'administrator' ? (
        <InOut price={inForce.price} />
      ) : (
        <span className="text-muted">{t('notSet')}</span>
      ),
  },
  {
    id: 'source',
    header: t('column.source'),
    from: 'md',
    sortBy: ({ inForce }) => inForce?.source,
    cell: ({ inForce }) =>
      inForce ? (
        <Badge tone={inForce.source === 'administrator' ? 'accent' : 'neutral'}>{t(`source.${inForce.source}`)}</Badge>
      ) : (
        <Unknown />
      ),
  },
  {
    id: 'next',
    header: t('column.next'),
    from: 'sm',
    sortBy: ({ toCome }) => toCome[0]?.effective_from,
    cell: ({ toCome: [next] }) =>
      next ? (
        <span className="flex flex-col">
          <Time at={next.effective_from} />
          <InOut price={next.price} />
        </span>
      ) : (
        <span className="text-muted">{t('noneToCome')}</span>
      ),
  },
  {
    id: 'actions',
    header: t('column.actions'),
    align: 'end',
    cell: (row) => (
      <Menu label={t('actionsFor', { name: row.id })} icon={EllipsisVertical}>
        <MenuAction icon={Tag} onSelect={() => onAct('set', row)}>
          {t('set.action')}
        </MenuAction>
        <MenuAction icon={History} onSelect={() => onAct('history', row)}>
          {t('history.action')}
        </MenuAction>
      </Menu>
    ),
  },
]
