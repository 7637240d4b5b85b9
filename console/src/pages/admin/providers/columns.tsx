import type { TFunction } from 'i18next'
import { EllipsisVertical, FlaskConical, Pause, Pencil, Play, Trash2 } from 'lucide-react'
import { nanoOf } from '../../../format/money.ts'
import { Badge } from '../../../ui/badge.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import { nameColumn, sourceColumn } from '../../../ui/entry-columns.tsx'
import { Menu, MenuAction, MenuSeparator } from '../../../ui/menu.tsx'
import { Spent } from './spent.tsx'
import { type Provider, stateOf } from './provider-form.ts'
import { StateBadge } from './state-badge.tsx'
import type { Health } from './use-health.ts'

export type Act = 'details' | 'test' | 'pause' | 'resume' | 'edit' | 'remove'
type OnAct = (act: Act, provider: Provider) => void

/** What the table of providers shows, and what can be done to each. */
export const columnsOf = (
  t: TFunction,
  health: ReadonlyMap<string, Health>,
  onAct: OnAct,
): readonly Column<Provider>[] => [
  nameColumn(t('id.label'), (provider) => onAct('details', provider)),
  { id: 'kind', header: t('kind.label'), from: 'sm', sortBy: ({ kind }) => kind, cell: ({ kind }) => kind },
  {
    id: 'state',
    header: t('column.state'),
    sortBy: stateOf,
    cell: (provider) => <StateBadge provider={provider} />,
  },
  { id: 'keys', header: t('key.title'), cell: (provider) => <KeysHealth provider={provider} t={t} /> },
  {
    id: 'today',
    header: t('spend.today'),
    align: 'end',
    from: 'md',
    sortBy: ({ id }) => nanoOf(health.get(id)?.spend.day_usd ?? ''),
    cell: ({ id, spend_stop: stop }) => <Spent spent={health.get(id)?.spend.day_usd} stop={stop?.day_usd} />,
  },
  {
    id: 'month',
    header: t('spend.thisMonth'),
    align: 'end',
    from: 'lg',
    sortBy: ({ id }) => nanoOf(health.get(id)?.spend.month_usd ?? ''),
    cell: ({ id, spend_stop: stop }) => <Spent spent={health.get(id)?.spend.month_usd} stop={stop?.month_usd} />,
  },
  sourceColumn(t('column.source')),
  {
    id: 'actions',
    header: t('column.actions'),
    align: 'end',
    cell: (row) => <Actions row={row} t={t} onAct={onAct} />,
  },
]

const KeysHealth = ({ provider: { keys }, t }: { readonly provider: Provider; readonly t: TFunction }) => {
  const ready = keys.filter(({ standing }) => standing === 'ready').length
  if (keys.length === 0) return <span className="text-muted">{t('key.noneShort')}</span>
  const tone = ready === keys.length ? 'good' : ready === 0 ? 'danger' : 'warn'
  return <Badge tone={tone}>{t('key.ready', { ready, count: keys.length })}</Badge>
}

const Actions = ({ row, t, onAct }: { readonly row: Provider; readonly t: TFunction; readonly onAct: OnAct }) => (
  <Menu label={t('actionsFor', { name: row.id })} icon={EllipsisVertical}>
    <MenuAction icon={FlaskConical} onSelect={() => onAct('test', row)}>
      {t('test.action')}
    </MenuAction>
    {row.paused ? (
      <MenuAction icon={Play} onSelect={() => onAct('resume', row)}>
        {t('resume.action')}
      </MenuAction>
    ) : (
      <MenuAction icon={Pause} onSelect={() => onAct('pause', row)}>
        {t('pause.action')}
      </MenuAction>
    )}
    {row.version !== null && (
      <>
        <MenuSeparator />
        <MenuAction icon={Pencil} disabled={row.source !== 'api'} onSelect={() => onAct('edit', row)}>
          {t('edit.action')}
        </MenuAction>
        <MenuAction icon={Trash2} isDangerous onSelect={() => onAct('remove', row)}>
          {t('remove.action')}
        </MenuAction>
      </>
    )}
  </Menu>
)
