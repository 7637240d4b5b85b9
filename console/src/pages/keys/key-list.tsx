import { EllipsisVertical, KeyRound, Pencil, RefreshCw, Trash2 } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { type UseTranslationResponse, useTranslation } from 'react-i18next'
import { useApi, useList } from '../../api/hooks.ts'
import { type Names, useNames } from '../../api/names.ts'
import { useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { nanoOf } from '../../format/money.ts'
import { Switch } from '../../ui/choice.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Menu, MenuAction, MenuSeparator } from '../../ui/menu.tsx'
import { Money, Time } from '../../ui/values.tsx'
import { Budgets } from './budgets.tsx'
import { EditKey } from './edit-key.tsx'
import { KeyDetails } from './key-details.tsx'
import type { Key } from './key-form.ts'
import { KeyState } from './key-state.tsx'
import { RevokeKey } from './revoke-key.tsx'
import { RotateKey } from './rotate-key.tsx'

type Act = 'details' | 'edit' | 'rotate' | 'revoke'
interface Open {
  readonly act: Act
  readonly subject: Key
}

const PAGE = 200
/** Who was just refused looks here for why. */
const SPENT_EVERY_MS = 10_000

/** The keys of the organisation, and what can be done to each. */
export const KeyList = ({ empty }: { readonly empty: ReactNode }) => {
  const { t } = useTranslation('keys')
  const { may } = useSession()
  const [filters, change] = useFilters(['ended'])
  const [open, setOpen] = useState<Open>()
  const names = useNames()
  const keys = useList('/api/me/keys', { query: { limit: PAGE } })
  const spent = useSpent()
  const mayChange = may('keys')
  const columns = useMemo(
    () => columnsOf(t, names, spent, mayChange, (act, subject) => setOpen({ act, subject })),
    [t, names, spent, mayChange],
  )
  const hasEnded = filters.ended === '1'
  const rows = hasEnded ? keys.rows : keys.rows.filter(({ state }) => state === 'active')
  const subjectOf = (act: Act): Key | undefined => (open?.act === act ? open.subject : undefined)
  const close = (): void => setOpen(undefined)
  const ended = keys.rows.length - keys.rows.filter(({ state }) => state === 'active').length
  return (
    <>
      <DataTable
        label={t('title')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        source={keys}
        onOpen={(subject) => setOpen({ act: 'details', subject })}
        toolbar={
          (ended > 0 || hasEnded) && (
            <Switch label={t('showEnded')} isOn={hasEnded} onChange={(isOn) => change({ ended: isOn ? '1' : '' })} />
          )
        }
        empty={keys.rows.length === 0 ? empty : <EmptyState icon={KeyRound} title={t('empty.active')} />}
      />
      <KeyDetails subject={subjectOf('details')} onClose={close} />
      <EditKey subject={subjectOf('edit')} onClose={close} />
      <RotateKey subject={subjectOf('rotate')} onClose={close} />
      <RevokeKey subject={subjectOf('revoke')} onClose={close} />
    </>
  )
}

type Spent = ReadonlyMap<string, string> | undefined

/** What each key has spent in the last thirty days; `undefined` until that is known. */
const useSpent = (): Spent => {
  const usage = useApi('/api/me/usage', { query: { group_by: 'key_id' }, everyMs: SPENT_EVERY_MS })
  return useMemo(
    () => usage.data && new Map(usage.data.data.map(({ key_id: id, cost_usd: cost }) => [id ?? '', cost])),
    [usage.data],
  )
}

type T = UseTranslationResponse<'keys', undefined>['t']

const columnsOf = (
  t: T,
  names: Names,
  spent: Spent,
  mayChange: boolean,
  act: (act: Act, subject: Key) => void,
): readonly Column<Key>[] => [
  {
    id: 'name',
    header: t('column.name'),
    isRowHeader: true,
    sortBy: ({ name }) => name,
    cell: (key) => (
      <button type="button" onClick={() => act('details', key)} className="link min-w-24 max-w-64 text-left">
        <span className="line-clamp-2 wrap-anywhere" title={key.name}>
          {key.name}
        </span>
      </button>
    ),
  },
  {
    id: 'prefix',
    header: t('column.prefix'),
    from: 'md',
    cell: ({ prefix }) => <code className="whitespace-nowrap">{prefix}…</code>,
  },
  {
    id: 'state',
    header: t('column.state'),
    sortBy: ({ state }) => state,
    cell: ({ state }) => <KeyState state={state} />,
  },
  {
    id: 'project',
    header: t('project.label'),
    from: 'lg',
    sortBy: ({ project_id: id }) => (id === null ? undefined : names.projectName(id)),
    cell: ({ project_id: id }) => (id === null ? <span className="text-muted">–</span> : names.projectName(id)),
  },
  { id: 'group', header: t('group.label'), isHidden: true, sortBy: ({ group }) => group, cell: ({ group }) => group },
  {
    id: 'models',
    header: t('models.label'),
    from: 'lg',
    cell: ({ models }) => (
      <span className="whitespace-nowrap">
        {models === null ? t('models.all') : t('models.count', { count: models.length })}
      </span>
    ),
  },
  { id: 'budget', header: t('column.budget'), from: 'sm', cell: (key) => <Budgets of={key} /> },
  {
    id: 'spent',
    header: t('column.spent'),
    align: 'end',
    from: 'sm',
    sortBy: ({ id }) => nanoOf(spent?.get(id) ?? '0'),
    cell: ({ id }) => <Money amount={spent === undefined ? undefined : (spent.get(id) ?? '0')} isShort />,
  },
  {
    id: 'expires',
    header: t('column.expires'),
    from: 'xl',
    sortBy: ({ expires_at: at }) => at,
    cell: ({ expires_at: at }) =>
      at === null ? <span className="text-muted">{t('never')}</span> : <Time at={at} style="hour" />,
  },
  {
    id: 'created',
    header: t('column.created'),
    isHidden: true,
    sortBy: ({ created_at: at }) => at,
    cell: ({ created_at: at }) => <Time at={at} style="day" />,
  },
  ...(mayChange ? [actionsColumn(t, act)] : []),
]

const actionsColumn = (t: T, act: (act: Act, subject: Key) => void): Column<Key> => ({
  id: 'actions',
  header: t('column.actions'),
  align: 'end',
  stays: true,
  cell: (key) =>
    key.state === 'revoked' ? null : (
      <Menu label={t('actionsFor', { name: key.name })} icon={EllipsisVertical}>
        <MenuAction icon={Pencil} onSelect={() => act('edit', key)}>
          {t('edit.action')}
        </MenuAction>
        <MenuAction icon={RefreshCw} disabled={key.state !== 'active'} onSelect={() => act('rotate', key)}>
          {t('rotate.menu')}
        </MenuAction>
        <MenuSeparator />
        <MenuAction icon={Trash2} isDangerous onSelect={() => act('revoke', key)}>
          {t('revoke.menu')}
        </MenuAction>
      </Menu>
    ),
})
