import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { type ComponentProps, type MouseEvent, useRef } from 'react'
import { useAlignedMoney } from './aligned-money.ts'
import { cx } from './cx.ts'
import { ScrollFrame } from './scroll-frame.tsx'
import type { Column, useTableModel } from './table-model.ts'

/** Above this, only rows in view are drawn, in a frame that scrolls. */
const DRAWN_MAX = 120
const ROW_PX = 37

const FROM = {
  sm: 'hidden sm:table-cell',
  md: 'hidden md:table-cell',
  lg: 'hidden lg:table-cell',
  xl: 'hidden xl:table-cell',
  '2xl': 'hidden 2xl:table-cell',
} as const

const cellClass = <Row,>({ align, from, stays }: Column<Row>): string =>
  cx(
    'px-2 py-1.5 sm:px-3',
    align === 'end' && 'text-right tabular-nums',
    from !== undefined && FROM[from],
    stays && 'sticky right-0 bg-[inherit]',
  )

type Model<Row extends object> = ReturnType<typeof useTableModel<Row>>

interface TableGridProps<Row extends object> {
  readonly label: string
  readonly table: Model<Row>
  readonly columns: readonly Column<Row>[]
  readonly onOpen: ((row: Row) => void) | undefined
}

/** The markup of a table: a real one, so that every reader knows its rows and columns. */
export const TableGrid = <Row extends object>({ label, table, columns, onOpen }: TableGridProps<Row>) => {
  const frame = useRef<HTMLDivElement>(null)
  useAlignedMoney(frame)
  const { rows } = table.getRowModel()
  const isLong = rows.length > DRAWN_MAX
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    enabled: isLong,
  })
  const items = virtual.getVirtualItems()
  const drawn = isLong ? items.flatMap(({ index }) => (rows[index] ? [{ row: rows[index], index }] : [])) : undefined
  const above = isLong ? (items[0]?.start ?? 0) : 0
  const below = isLong ? virtual.getTotalSize() - (items.at(-1)?.end ?? 0) : 0
  return (
    <ScrollFrame
      ref={frame}
      label={label}
      // Positioned: what is there for ears alone would widen the page otherwise, from where it is scrolled away.
      className={cx(
        'relative overflow-auto rounded-lg border border-line bg-surface',
        isLong && 'h-[max(24rem,70dvh)]',
      )}
    >
      <table aria-label={label} aria-rowcount={rows.length + 1} className="w-full border-collapse text-left">
        <Head table={table} columns={columns} />
        <tbody>
          <Spacer heightPx={above} columns={columns.length} />
          {(drawn ?? rows.map((row, index) => ({ row, index }))).map(({ row, index }) => (
            <BodyRow
              key={row.id}
              row={row.original}
              columns={columns}
              onOpen={onOpen}
              aria-rowindex={index + 2}
              data-index={index}
              ref={isLong ? virtual.measureElement : undefined}
            />
          ))}
          <Spacer heightPx={below} columns={columns.length} />
        </tbody>
      </table>
    </ScrollFrame>
  )
}

const Head = <Row extends object>({ table, columns }: Pick<TableGridProps<Row>, 'table' | 'columns'>) => (
  <thead className="sticky top-0 z-10 bg-raised text-sm">
    <tr aria-rowindex={1} className="bg-raised">
      {columns.map((column) => {
        const sorted = table.getColumn(column.id)?.getIsSorted() ?? false
        return (
          <th
            key={column.id}
            scope="col"
            aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
            className={cx(cellClass(column), 'border-b border-line font-semibold whitespace-nowrap text-muted')}
          >
            {column.sortBy ? (
              <button
                type="button"
                onClick={() => table.getColumn(column.id)?.toggleSorting()}
                className="inline-flex items-center gap-1 hover:text-text"
              >
                {column.header}
                <SortIcon sorted={sorted} />
              </button>
            ) : (
              column.header
            )}
          </th>
        )
      })}
    </tr>
  </thead>
)

const SortIcon = ({ sorted }: { readonly sorted: false | 'asc' | 'desc' }) => {
  const Icon = sorted === 'asc' ? ArrowUp : sorted === 'desc' ? ArrowDown : ChevronsUpDown
  return <Icon aria-hidden className="size-3.5" />
}

interface BodyRowProps<Row extends object> extends Omit<ComponentProps<'tr'>, 'children'> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly onOpen: ((row: Row) => void) | undefined
}

const BodyRow = <Row extends object>({ row, columns, onOpen, ...rest }: BodyRowProps<Row>) => {
  const open = (event: MouseEvent): void => {
    // A control inside of the row does its own work, as does a menu that is drawn elsewhere; and text can be selected.
    if (!(event.target instanceof Element) || !event.currentTarget.contains(event.target)) return
    if (event.target.closest('a, button, input, select, label')) return
    if (getSelection()?.toString()) return
    onOpen?.(row)
  }
  return (
    <tr
      {...rest}
      onClick={onOpen ? open : undefined}
      className={cx('border-b border-line bg-surface last:border-b-0', onOpen && 'cursor-pointer hover:bg-raised')}
    >
      {columns.map((column) =>
        column.isRowHeader ? (
          <th key={column.id} scope="row" className={cx(cellClass(column), 'font-medium')}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.id} className={cellClass(column)}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  )
}

/** Takes the room of the rows that are not drawn. */
const Spacer = ({ heightPx, columns }: { readonly heightPx: number; readonly columns: number }) =>
  heightPx > 0 ? (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height: heightPx, padding: 0 }} />
    </tr>
  ) : null
