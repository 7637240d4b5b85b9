import { Columns3 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'
import { ErrorState } from './error-state.tsx'
import { Menu, MenuToggle } from './menu.tsx'
import { RowsSkeleton } from './skeleton.tsx'
import { TableGrid } from './table-grid.tsx'
import { type Column, useTableModel } from './table-model.ts'

export type { Column } from './table-model.ts'

/** What a table has to know of the call its rows come from: the result of `useList` or `useApi`. */
export interface RowSource {
  readonly isPending: boolean
  readonly error: unknown
  readonly refetch: () => unknown
  readonly hasNextPage?: boolean
  readonly fetchNextPage?: () => unknown
  readonly isFetchingNextPage?: boolean
}

export interface DataTableProps<Row extends object> {
  /** What the table lists, for ears. */
  readonly label: string
  /** Made once, outside of the component or by `useMemo`. */
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** Shows what there is to show while rows are on their way, or did not come. */
  readonly source?: RowSource
  /** Shown when there are no rows: an `EmptyState`. */
  readonly empty?: ReactNode
  /** Left of the menu of columns: filters. */
  readonly toolbar?: ReactNode
  /** A click anywhere on a row. The row header still needs a link or a button: that is how a keyboard opens it. */
  readonly onOpen?: (row: Row) => void
  /** No menu of columns. */
  readonly hasFixedColumns?: boolean
}

/**
 * Rows in columns: sorted by a click on a head, columns chosen by the reader, the next page loaded at the end. From some
 * hundred rows on, only those in view are drawn.
 */
export const DataTable = <Row extends object>(props: DataTableProps<Row>) => {
  const { label, columns, rows, rowKey, source, empty, toolbar, onOpen, hasFixedColumns = false } = props
  const { t } = useTranslation()
  const table = useTableModel(columns, rows, rowKey)
  const shown = columns.filter(({ id }) => table.getColumn(id)?.getIsVisible() ?? true)
  const isEmpty = rows.length === 0
  return (
    <div className="flex flex-col gap-2">
      {(toolbar !== undefined || !hasFixedColumns) && (
        <div className="flex flex-wrap items-end gap-2">
          <div className="min-w-0 flex-1">{toolbar}</div>
          {!hasFixedColumns && (
            <Menu label={t('columns')} icon={Columns3}>
              {table.getAllLeafColumns().map((column) => (
                <MenuToggle
                  key={column.id}
                  isOn={column.getIsVisible()}
                  onChange={(isOn) => column.toggleVisibility(isOn)}
                >
                  {columns.find(({ id }) => id === column.id)?.header}
                </MenuToggle>
              ))}
            </Menu>
          )}
        </div>
      )}
      {source?.error !== undefined && source.error !== null && (
        <ErrorState error={source.error} onRetry={() => void source.refetch()} />
      )}
      {isEmpty && source?.isPending && <RowsSkeleton />}
      {isEmpty && !source?.isPending && !source?.error && (empty ?? <EmptyState title={t('nothingHere')} />)}
      {!isEmpty && <TableGrid label={label} table={table} columns={shown} onOpen={onOpen} />}
      {!isEmpty && <NextPage source={source} isSorted={table.state.sorting.length > 0} />}
    </div>
  )
}

const NextPage = ({ source, isSorted }: { readonly source: RowSource | undefined; readonly isSorted: boolean }) => {
  const { t } = useTranslation()
  if (!source?.hasNextPage) return null
  return (
    <div className="flex flex-wrap items-center justify-center gap-3">
      <Button onClick={() => void source.fetchNextPage?.()} isPending={source.isFetchingNextPage ?? false}>
        {t('loadMore')}
      </Button>
      {isSorted && <span className="text-sm text-muted">{t('sortedAmongLoaded')}</span>}
    </div>
  )
}
