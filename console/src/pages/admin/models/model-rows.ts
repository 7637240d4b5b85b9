import type { Schema } from '../../../api/types.ts'

export type ModelPrice = Schema<'ModelPrice'>

/** A model with the prices that stand for it. */
export interface ModelRow {
  readonly id: string
  readonly inForce: ModelPrice | undefined
  /** The next one first. */
  readonly toCome: readonly ModelPrice[]
}

/** Models by id: of all prices that stand, and those that are offered without any. */
export const rowsOf = (prices: readonly ModelPrice[], offered: readonly string[]): readonly ModelRow[] => {
  const standing = Map.groupBy(prices, ({ model }) => model)
  return [...new Set([...standing.keys(), ...offered])]
    .map((id) => rowOf(id, standing.get(id) ?? []))
    .toSorted((one, other) => one.id.localeCompare(other.id))
}

const rowOf = (id: string, standing: readonly ModelPrice[]): ModelRow => ({
  id,
  inForce: standing.find(({ state }) => state === 'in_force'),
  toCome: standing
    .filter(({ state }) => state === 'to_come')
    .toSorted((one, other) => (one.effective_from ?? '').localeCompare(other.effective_from ?? '')),
})

export const FILTERS = ['set', 'official', 'to_come', 'none'] as const

/** Whether a model is wanted: by a part of its id, and by what price it has. */
export const isWanted = ({ id, inForce, toCome }: ModelRow, q: string, which: string): boolean => {
  if (!id.toLowerCase().includes(q.trim().toLowerCase())) return false
  if (which === 'to_come') return toCome.length > 0
  if (which === 'none') return inForce === undefined
  if (which === 'set') return inForce?.source === 'administrator'
  return which === 'official' ? inForce !== undefined && inForce.source !== 'administrator' : true
}

/** What the catalogue says of a model now, whatever was set; of its history, newest first. */
export const officialOf = (history: readonly ModelPrice[], nowMs: number): ModelPrice | undefined =>
  history
    .filter(({ source }) => source !== 'administrator')
    .find(({ effective_from: from }) => from === null || Date.parse(from) <= nowMs)
