/** What tests of converting schemas share. */

/** `changed`: whether the converter should say that something was lost. */
export type Row = readonly [title: string, schema: unknown, expected: unknown, changed: boolean]

/** Compared as text: the order of properties counts. */
export const asText = (value: unknown): string => JSON.stringify(value, undefined, 1) ?? 'undefined'

export const EMPTY = { type: 'object', properties: {} }
export const tree = {
  type: 'object',
  properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
}
