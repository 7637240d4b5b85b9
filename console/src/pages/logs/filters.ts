import { useMemo } from 'react'
import { useFilters } from '../../app/navigate.ts'
import { rangeOf } from '../../ui/filters.tsx'

/** Names in the address, short for whoever types them. */
const NAMES = ['range', 'q', 'model', 'key', 'project', 'status', 'ended', 'format'] as const
export type FilterName = (typeof NAMES)[number]
export type LogFilters = Readonly<Record<FilterName, string>>

export const RANGE_DEFAULT = '24h'

/** The filters of the address, and the query that they are of the API. */
export const useLogFilters = () => {
  const [filters, change] = useFilters(NAMES)
  const range = filters.range || RANGE_DEFAULT
  // The same filters are the same question, however often the page is drawn.
  const { since, until } = useMemo(() => rangeOf(range, Date.now()), [range])
  const query = {
    since,
    until,
    q: filters.q,
    model: filters.model,
    key_id: filters.key,
    project_id: filters.project,
    status: filters.status,
    ended: filters.ended,
    client_format: filters.format,
  }
  const isNarrowed = NAMES.some((name) => filters[name] !== '')
  const clear = (): void => change(Object.fromEntries(NAMES.map((name) => [name, ''])))
  return { filters: { ...filters, range }, change, query, isNarrowed, clear }
}
