import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo } from 'react'

/** What a column is sorted by. Money: `nanoOf(amount)`; a time: its ISO text. */
export type SortValue = string | number | bigint | null | undefined

export interface Column<Row> {
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** Given, the column can be sorted; what is not known comes last. */
  readonly sortBy?: (row: Row) => SortValue
  /** `end` for figures. */
  readonly align?: 'start' | 'end'
  /** Names the row, for ears: one column of a table. */
  readonly isRowHeader?: boolean
  /** Not shown before the reader asks for it. */
  readonly isHidden?: boolean
  /** In sight at the end of the row, however wide the table is: what can be done to it. */
  readonly stays?: boolean
  /** Shown from this width on. */
  readonly from?: 'sm' | 'md' | 'lg' | 'xl' | '2xl'
}

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
})

const compare = (a: SortValue, b: SortValue): number => {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b)
  if (a === b || a === null || a === undefined || b === null || b === undefined) return 0
  return a < b ? -1 : 1
}

/** Sorting and visibility of columns, kept by TanStack Table; the markup is ours. */
export const useTableModel = <Row extends object>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  rowKey: (row: Row) => string,
) => {
  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, header, sortBy }): ColumnDef<typeof features, Row> => ({
          id,
          header,
          accessorFn: (row) => sortBy?.(row) ?? undefined,
          enableSorting: sortBy !== undefined,
          sortUndefined: 'last',
          sortFn: (a, b, column) => compare(a.getValue(column), b.getValue(column)),
        }),
      ),
    [columns],
  )
  const hidden = useMemo(
    () => Object.fromEntries(columns.filter(({ isHidden }) => isHidden).map(({ id }) => [id, false])),
    [columns],
  )
  return useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowKey,
    initialState: { columnVisibility: hidden },
    enableMultiSort: false,
    // New rows of a live list do not undo what the reader chose.
    autoResetAll: false,
  })
}
