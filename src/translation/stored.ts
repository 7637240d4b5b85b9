import type { JsonObject } from '../canon/codec.ts'

/** An earlier request and what it was answered, as the Responses API keeps them. */
export interface StoredTurn {
  /** The items of the request's own input, without what came before. */
  readonly input: readonly JsonObject[]
  readonly output: readonly JsonObject[]
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A request's own input as items: a string is one user message. */
export const inputItems = ({ input }: JsonObject): readonly JsonObject[] => {
  if (typeof input === 'string')
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  return Array.isArray(input) ? input.filter(isObject) : []
}

/**
 * A request that says "go on from there" as one that says everything: the items of all earlier turns, oldest first, then
 * its own. Instructions are not inherited: the API says so. References to items of those turns are replaced by the items.
 */
export const continueFrom = (body: JsonObject, turns: readonly StoredTurn[]): JsonObject => {
  const { previous_response_id: _, ...rest } = body
  const earlier = turns.flatMap(({ input, output }) => [...input, ...output.flatMap(asInput)])
  const byId = new Map(turns.flatMap(({ output }) => output.map((item) => [item.id, item] as const)))
  const own = inputItems(body).flatMap((item) => {
    const referred = item.type === 'item_reference' ? byId.get(item.id) : undefined
    // What is referred to stands among the earlier items already.
    return referred ? [] : [item]
  })
  return { ...rest, input: [...earlier, ...own] }
}

/** Members that answers have and requests do not. */
const ANSWER_ONLY = new Set(['status', 'created_by', 'parsed', 'parsed_arguments'])

/**
 * An item of an answer as an item of a request. Its id goes: an upstream that did not keep it refuses to know it; but
 * reasoning is only known again by its id and its encrypted content together, and means nothing without the latter.
 */
const asInput = (item: JsonObject): readonly JsonObject[] => {
  const kept = Object.fromEntries(Object.entries(item).filter(([name]) => !ANSWER_ONLY.has(name)))
  if (item.type === 'reasoning') return typeof item.encrypted_content === 'string' ? [kept] : []
  const { id: _, ...withoutId } = kept
  return [withoutId]
}
