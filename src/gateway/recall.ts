import type { JsonObject } from '../canon/codec.ts'
import type { Envelope } from '../canon/envelope.ts'
import { readJson, writeJson } from '../canon/json-text.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Scan } from '../canon/scan.ts'
import { applySplices, editMembers } from '../canon/splice.ts'
import type { Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import { responseNotFound } from '../protocols/openai-responses/parse-request.ts'
import { err, ok, type Result, type Soon } from '../result.ts'
import {
  continueFrom,
  itemsOf,
  readTurn,
  referredIds,
  responsesOfInput,
  type StoredTurn,
} from '../translation/stored.ts'
import type { Call } from './call.ts'

export interface RecallDeps {
  readonly responses: Pick<Store['responses'], 'chain' | 'turns'>
  readonly bodyBytesMax: number
  readonly depthMax: number
}

/** Turns of a conversation that is gone on with. */
const TURNS_MAX = 200

/**
 * Puts what a Responses request refers to into it: the conversation before `previous_response_id`, and items of earlier
 * answers. The upstream is never sent such an id, also where it would know it: its account is everybody's, and what is
 * kept there could be anybody's. So whoever answers is told the whole conversation, and its whole price is known.
 */
export const createRecall =
  (deps: RecallDeps) =>
  (call: Call, principal: Principal, envelope: Envelope): Soon<Result<Envelope, GatewayError>> => {
    if (call.operation.format !== 'openai-responses' || !envelope.refersToStored) return ok(envelope)
    return recalled(deps, call, principal, envelope)
  }

const recalled = async (
  deps: RecallDeps,
  call: Call,
  principal: Principal,
  envelope: Envelope,
): Promise<Result<Envelope, GatewayError>> => {
  const { scan } = envelope
  const body = readMembers(scan)
  if (!body.ok) return body
  const previousId = body.value.previous_response_id
  const scope = scopeOf(principal)
  const turns = typeof previousId === 'string' ? await turnsBefore(deps, scope, previousId) : NO_TURNS
  if (!turns.ok) return turns
  const ids = referredIds(body.value, turns.value)
  if (typeof previousId !== 'string' && ids.length === 0) return ok(envelope)
  const referred = await itemsReferredTo(deps, scope, ids)
  if (!referred.ok) return referred
  const continued = continueFrom(body.value, turns.value, referred.value)
  const input = writeJson(continued.body.input)
  const whole = applySplices(scan.bytes, editMembers(scan, { set: { input }, remove: ['previous_response_id'] }))
  if (whole.length > deps.bodyBytesMax) return err(tooLong(deps.bodyBytesMax))
  const again = scanObject(whole, { depthMax: deps.depthMax })
  const expanded = again.ok ? call.protocol.readEnvelope(again.value, call.operation) : again
  return expanded.ok ? ok({ ...expanded.value, asWritten: scan, lost: continued.losses }) : expanded
}

/** Who may ask for a response: all keys of the project it was made in, or of the user where there is none. */
export const scopeOf = ({ projectId, userId }: Pick<Principal, 'projectId' | 'userId'>): string =>
  projectId === null ? `user:${userId}` : `project:${projectId}`

const NO_TURNS: Result<readonly StoredTurn[], GatewayError> = ok([])

/** The text of one member as it stands in the body. */
export const memberText = (scan: Scan, name: string): string | undefined => {
  const member = scan.members.get(name)
  return member && Buffer.from(scan.bytes.subarray(member.valueStart, member.valueEnd)).toString()
}

/** The members that decide what is referred to. The scan has not looked into their strings. */
const readMembers = (scan: Scan): Result<JsonObject, GatewayError> => {
  try {
    return ok({
      input: readJson(memberText(scan, 'input') ?? 'null'),
      previous_response_id: readJson(memberText(scan, 'previous_response_id') ?? 'null'),
    })
  } catch {
    return err(
      fault('invalid-json', 'the body is not valid JSON: a string in it has an escape that JSON does not know'),
    )
  }
}

const turnsBefore = async (
  { responses, bodyBytesMax }: RecallDeps,
  scope: string,
  id: string,
): Promise<Result<readonly StoredTurn[], GatewayError>> => {
  const chain = await responses.chain(scope, id, { turnsMax: TURNS_MAX, bytesMax: bodyBytesMax })
  if (chain.ok) return ok(chain.value.map(({ input, body }) => readTurn(input, body)))
  if (chain.error === 'too-long') return err(tooLong(bodyBytesMax))
  const named = id.slice(0, ID_LENGTH_SHOWN)
  return err(chain.error === 'not-found' ? responseNotFound(named) : turnDeleted(named, chain.error.missing))
}

/** Of an id that a client made up. */
const ID_LENGTH_SHOWN = 128

/** What was deleted is gone for later turns too: they cannot be told with a hole in what was said before them. */
const turnDeleted = (id: string, missing: string): GatewayError =>
  fault(
    'response-not-found',
    `The conversation before response '${id}' is not whole: response '${missing.slice(0, ID_LENGTH_SHOWN)}', which it goes on from, was deleted. Send what matters of the conversation in \`input\`.`,
    { param: 'previous_response_id', issue: 'previous_response_not_found' },
  )

const itemsReferredTo = async (
  { responses }: RecallDeps,
  scope: string,
  ids: readonly string[],
): Promise<Result<ReadonlyMap<unknown, JsonObject>, GatewayError>> => {
  if (ids.length === 0) return ok(new Map())
  const wanted = new Set<unknown>(ids)
  const itemIds = [...new Set(ids)]
  const turns = await responses.turns(scope, { ids: [...new Set(itemIds.flatMap(responsesOfInput))], itemIds })
  const items = turns.flatMap(({ input, body }) => itemsOf(readTurn(input, body)).filter(({ id }) => wanted.has(id)))
  const found = new Map(items.map((item) => [item.id, item]))
  const missing = ids.find((id) => !found.has(id))
  return missing === undefined ? ok(found) : err(itemNotFound(missing.slice(0, ID_LENGTH_SHOWN)))
}

const tooLong = (bytesMax: number): GatewayError =>
  fault(
    'request-too-large',
    `The conversation is longer than ${TURNS_MAX} turns or ${bytesMax} bytes. Begin a new one with what matters of it.`,
    { param: 'previous_response_id' },
  )

const itemNotFound = (id: string): GatewayError =>
  fault(
    'invalid-request',
    `Item with id '${id}' not found. Items are not kept when \`store\` is false, and only for a while when it is true: send the item itself in \`input\`.`,
    { param: 'input', issue: 'item_not_found' },
  )
