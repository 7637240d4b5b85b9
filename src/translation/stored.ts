import type { JsonObject } from '../canon/codec.ts'
import { readJson, writeJson } from '../canon/json-text.ts'
import { createLosses, type Loss } from '../canon/losses.ts'

/** An earlier request and what it was answered, as the Responses API keeps them. */
export interface StoredTurn {
  /** The response's. */
  readonly id: string
  /** The items of the request's own input, without what came before. */
  readonly input: readonly JsonObject[]
  readonly output: readonly JsonObject[]
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A turn from the texts it was kept as: the request's `input`, and the response object. */
export const readTurn = (input: string, body: string): StoredTurn => {
  const response = readJson(body)
  const id = isObject(response) && typeof response.id === 'string' ? response.id : ''
  return { id, input: inputItems({ input: readJson(input) }), output: outputItems(response) }
}

/** The items of a response object's output. */
export const outputItems = (response: unknown): readonly JsonObject[] =>
  isObject(response) && Array.isArray(response.output) ? response.output.filter(isObject) : []

/** A request's own input as items: a string is one user message. */
export const inputItems = ({ input }: JsonObject): readonly JsonObject[] => {
  if (typeof input === 'string')
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  return Array.isArray(input) ? input.filter(isObject) : []
}

/** The ids of the items that a request and its earlier turns only refer to, where no turn has them. */
export const referredIds = (body: JsonObject, turns: readonly StoredTurn[]): readonly string[] => {
  const known = idsOf(turns)
  const items = [...turns.flatMap(({ input }) => input), ...inputItems(body)]
  return items.flatMap(({ type, id }) => (type === 'item_reference' && !known.has(id) ? [nameOf(id)] : []))
}

/** What is no text is the id of nothing, and said as it was written. */
const nameOf = (id: unknown): string => (typeof id === 'string' ? id : writeJson(id))

/** A request that says everything itself, and what of the earlier turns it could not say. */
export interface Continued {
  readonly body: JsonObject
  readonly losses: readonly Loss[]
}

/**
 * A request that says "go on from there" as one that says everything: the items of all earlier turns, oldest first, then
 * its own. Instructions are not inherited: the API says so. References to items of those turns are left out, as what is
 * referred to stands there already; others become the items of `referred`, by id.
 */
export const continueFrom = (
  body: JsonObject,
  turns: readonly StoredTurn[],
  referred: ReadonlyMap<unknown, JsonObject> = new Map(),
): Continued => {
  const { previous_response_id: _, ...rest } = body
  const losses = createLosses()
  const known = idsOf(turns)
  const again = (item: JsonObject, pointer: string): readonly JsonObject[] => {
    if (item.type !== 'reasoning' || typeof item.encrypted_content === 'string') return [asInput(item)]
    losses.declare(pointer, 'reasoning_unsigned')
    return []
  }
  const resolve = (item: JsonObject, pointer: string): readonly JsonObject[] => {
    if (item.type !== 'item_reference') return [item]
    if (known.has(item.id)) return []
    const meant = referred.get(item.id)
    return meant ? again(meant, pointer) : [item]
  }
  const earlier = turns.flatMap(({ input, output }) => [
    ...input.flatMap((item) => resolve(item, BEFORE)),
    ...output.flatMap((item) => again(item, BEFORE)),
  ])
  const own = inputItems(body).flatMap((item, index) => resolve(item, `/input/${index}`))
  return { body: { ...rest, input: [...earlier, ...own] }, losses: losses.list }
}

/** Where a request says what came before it. */
const BEFORE = '/previous_response_id'

const idsOf = (turns: readonly StoredTurn[]): ReadonlySet<unknown> =>
  new Set(turns.flatMap(itemsOf).map(({ id }) => id))

/** What a turn itself says, by which it can be referred to: what it was asked, then what it answered. */
export const itemsOf = ({ id, input, output }: StoredTurn): readonly JsonObject[] => [
  ...input.map((item, index) => listed(item, id, index)).filter(({ type }) => type !== 'item_reference'),
  ...output,
]

/** Members that answers have and requests do not, of an item of any type. */
const ANSWER_ONLY: ReadonlySet<string> = new Set(['created_by', 'parsed', 'parsed_arguments'])

const ID_AND_STATUS: ReadonlySet<string> = new Set([...ANSWER_ONLY, 'id', 'status'])
const ID_ALONE: ReadonlySet<string> = new Set([...ANSWER_ONLY, 'id'])

/**
 * What of an answer's item goes, by its type. An id goes where the API lets it: an upstream that did not keep the item
 * refuses to know it. Of every other type the API insists on both, as its SDK's `ResponseInputItem` says; and reasoning
 * is only known again by its id.
 */
const LEFT_OUT: Readonly<Record<string, ReadonlySet<string>>> = {
  message: ID_AND_STATUS,
  function_call: ID_AND_STATUS,
  function_call_output: ID_AND_STATUS,
  custom_tool_call: ID_AND_STATUS,
  custom_tool_call_output: ID_AND_STATUS,
  tool_search_call: ID_AND_STATUS,
  tool_search_output: ID_AND_STATUS,
  computer_call_output: ID_AND_STATUS,
  shell_call: ID_AND_STATUS,
  shell_call_output: ID_AND_STATUS,
  reasoning: new Set([...ANSWER_ONLY, 'status']),
  compaction: ID_ALONE,
  apply_patch_call: ID_ALONE,
  apply_patch_call_output: ID_ALONE,
  mcp_approval_response: ID_ALONE,
}

/** An item of an answer as an item of a request. */
const asInput = (item: JsonObject): JsonObject => {
  const type = typeof item.type === 'string' ? item.type : 'message'
  const leftOut = (Object.hasOwn(LEFT_OUT, type) ? LEFT_OUT[type] : undefined) ?? ANSWER_ONLY
  return Object.fromEntries(Object.entries(item).filter(([name]) => !leftOut.has(name)))
}

/** What an item's made-up id begins with, by its type; others begin with `item`. */
const ID_PREFIXES: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
}

/** A request's input as the API lists it: every item with an id, the same each time it is asked for. */
export const listedItems = (input: string, responseId: string): readonly JsonObject[] =>
  inputItems({ input: readJson(input) }).map((item, index) => listed(item, responseId, index))

/** The id is the client's own where it wrote one; else it says where the item is found, and that it is no answer's. */
const listed = (item: JsonObject, responseId: string, index: number): JsonObject => {
  const type = typeof item.type === 'string' ? item.type : 'message'
  const prefix = Object.hasOwn(ID_PREFIXES, type) ? ID_PREFIXES[type] : 'item'
  const id = typeof item.id === 'string' ? item.id : `${prefix}_in_${responseId.replace(RESPONSE, '')}_${index}`
  return { type, ...contentOf(type, item), id }
}

const RESPONSE = /^resp_/
const MADE_UP = /^[a-z]+_in_(.+)_\d+$/

/** The response whose input an id was made up for: one of these, as not all vendors' ids begin alike. */
export const responsesOfInput = (itemId: string): readonly string[] => {
  const stem = MADE_UP.exec(itemId)?.[1]
  return stem === undefined ? [] : [`resp_${stem}`, stem]
}

/** A message's content may be written as a string, and is listed as parts. */
const contentOf = (type: string, item: JsonObject): JsonObject => {
  if (type !== 'message') return item
  const part = item.role === 'assistant' ? { type: 'output_text', annotations: [] } : { type: 'input_text' }
  const content = typeof item.content === 'string' ? [{ ...part, text: item.content }] : item.content
  return { status: 'completed', ...item, content }
}
