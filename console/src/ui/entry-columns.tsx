import type { Column } from './data-table.tsx'
import { type Source, SourceBadge } from './source.tsx'

interface Listed {
  readonly id: string
  readonly source: Source
}

/** The name of an entry, which opens it. */
export const nameColumn = <Row extends Listed>(header: string, onOpen: (row: Row) => void): Column<Row> => ({
  id: 'id',
  header,
  isRowHeader: true,
  sortBy: ({ id }) => id,
  cell: (row) => (
    <button type="button" className="link min-w-24 text-left break-all" onClick={() => onOpen(row)}>
      {row.id}
    </button>
  ),
})

/** Where an entry comes from. */
export const sourceColumn = <Row extends Listed>(header: string): Column<Row> => ({
  id: 'source',
  header,
  from: 'lg',
  sortBy: ({ source }) => source,
  cell: ({ source }) => <SourceBadge source={source} />,
})
