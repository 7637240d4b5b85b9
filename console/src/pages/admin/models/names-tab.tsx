import { EllipsisVertical, Pencil, Plus, Signature, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Menu, MenuAction } from '../../../ui/menu.tsx'
import { RemoveDialog } from '../../../ui/remove-dialog.tsx'
import { isReadOnly, SourceBadge } from '../../../ui/source.tsx'
import { Time } from '../../../ui/values.tsx'
import { NameDialog } from './name-dialog.tsx'

export type NameKind = 'aliases' | 'retired'

/** Another name of a model, or one that is gone, and what is meant instead. */
export interface ModelName {
  readonly id: string
  readonly target: string
  readonly source: Schema<'Alias'>['source']
  readonly version: number | null
  readonly updated_at: string | null
}

const PAGE = 200

/** Aliases, or retired names: the same list, but for what they are. */
export const NamesTab = ({ kind }: { readonly kind: NameKind }) => {
  const { t } = useTranslation('admin-models')
  const [open, setOpen] = useState<{ act: 'edit' | 'remove'; subject: ModelName | 'new' }>()
  const names = useList<Schema<'Alias'> | Schema<'RetiredName'>>(`/api/admin/${kind}`, { query: { limit: PAGE } })
  const rows = useMemo(
    () =>
      (names.data?.pages.flatMap(({ data }) => data) ?? []).map((name) => ({
        ...name,
        target: 'model' in name ? name.model : name.successor,
      })),
    [names.data],
  )
  const columns = useMemo(() => columnsOf(t, kind, (act, subject) => setOpen({ act, subject })), [t, kind])
  const add = (
    <Button icon={Plus} onClick={() => setOpen({ act: 'edit', subject: 'new' })}>
      {t(`${kind}.add`)}
    </Button>
  )
  const gone = open?.act === 'remove' && open.subject !== 'new' ? open.subject.id : undefined
  const close = (): void => setOpen(undefined)
  return (
    <div className="flex flex-col gap-3">
      {rows.length > 0 && (
        <div className="flex flex-wrap items-start gap-3">
          <p className="min-w-0 flex-1 basis-64 text-muted">{t(`${kind}.text`)}</p>
          {add}
        </div>
      )}
      <DataTable
        label={t(`tab.${kind}`)}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        source={names}
        hasFixedColumns
        empty={<EmptyState icon={Signature} title={t(`${kind}.empty`)} text={t(`${kind}.text`)} action={add} />}
      />
      <NameDialog kind={kind} subject={open?.act === 'edit' ? open.subject : undefined} onClose={close} />
      <RemoveDialog
        subject={gone === undefined ? undefined : { id: gone }}
        onClose={close}
        path={`/api/admin/${kind}/{id}`}
        changes={[`/api/admin/${kind}`]}
        title={t('removeName.title', { name: gone ?? '' })}
        text={t(`${kind}.removeText`)}
        action={t('removeName.action')}
        done={t('removeName.done')}
      />
    </div>
  )
}

const columnsOf = (
  t: ReturnType<typeof useTranslation>['t'],
  kind: NameKind,
  act: (act: 'edit' | 'remove', subject: ModelName) => void,
): readonly Column<ModelName>[] => [
  {
    id: 'id',
    header: t('name.label'),
    isRowHeader: true,
    sortBy: ({ id }) => id,
    cell: ({ id }) => <code className="break-all">{id}</code>,
  },
  {
    id: 'target',
    header: t(`${kind}.target`),
    sortBy: ({ target }) => target,
    cell: ({ target }) => <code className="break-all">{target}</code>,
  },
  { id: 'source', header: t('column.source'), from: 'sm', cell: ({ source }) => <SourceBadge source={source} /> },
  { id: 'updated', header: t('updated'), from: 'md', cell: ({ updated_at: at }) => <Time at={at} style="hour" /> },
  {
    id: 'actions',
    header: t('column.actions'),
    align: 'end',
    cell: (name) =>
      isReadOnly(name.source) && name.version === null ? null : (
        <Menu label={t('actionsFor', { name: name.id })} icon={EllipsisVertical}>
          <MenuAction icon={Pencil} disabled={isReadOnly(name.source)} onSelect={() => act('edit', name)}>
            {t('editName.action')}
          </MenuAction>
          <MenuAction icon={Trash2} isDangerous onSelect={() => act('remove', name)}>
            {t('removeName.action')}
          </MenuAction>
        </Menu>
      ),
  },
]
