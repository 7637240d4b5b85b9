import type { StoreApi } from '../db/types.ts'
import type { Account, Told } from '../batches/vendor.ts'
import { fault, type GatewayError } from '../errors.ts'
import { idHeaders } from '../gateway/answer.ts'
import type { Call } from '../gateway/call.ts'
import { keyHiderInPieces } from '../gateway/provider-secrets.ts'
import type { ListPart } from '../db/types.ts'
import { err, ok, type Result } from '../result.ts'
import { copyAnswerHeaders } from '../upstream/headers.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import type { Entered } from './endpoint.ts'

/** An answer of a vendor's, or its refusal, as it came. */
export const toldAnswer = (call: Call, { headers: own }: Pick<Entered, 'headers'>, told: Told): Response => {
  const headers = { ...own, 'content-type': 'application/json', 'cache-control': 'no-store', ...told.headers }
  return new Response(told.body as Uint8Array<ArrayBuffer>, {
    status: told.status,
    headers: { ...headers, ...idHeaders(call) },
  })
}

/** Bytes of a vendor's as they come: a file, or the results of a batch. */
export const passedOn = (
  call: Call,
  { headers: own }: Pick<Entered, 'headers'>,
  { channel: { provider } }: Account,
  answer: UpstreamAnswer,
): Response => {
  const headers: Record<string, string> = { ...own, 'cache-control': 'no-store', ...idHeaders(call) }
  copyAnswerHeaders(answer.headers, headers)
  // It is somebody else's file: no browser is to take it for a page of ours.
  headers['x-content-type-options'] = 'nosniff'
  headers['content-security-policy'] = 'sandbox'
  const hide = keyHiderInPieces(provider)
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      for (;;) {
        const read = await answer.read()
        if (!read.ok) return controller.error(new Error('the provider broke off'))
        const bytes = read.value === undefined ? hide.rest() : hide.push(read.value)
        if (bytes.length > 0) controller.enqueue(bytes)
        if (read.value === undefined) return controller.close()
        if (bytes.length > 0) return
      }
    },
    cancel: () => answer.cancel(),
  })
  return new Response(stream, { status: answer.status, headers })
}

const LIMITS: Readonly<
  Record<StoreApi, Readonly<Record<'files' | 'batches', readonly [standard: number, max: number]>>>
> = {
  openai: { files: [10_000, 10_000], batches: [20, 100] },
  anthropic: { files: [20, 1_000], batches: [20, 1_000] },
}

/** The part of a list that a query asks for, in its vendor's words. */
export const listPartOf = (
  { search }: Call,
  api: StoreApi,
  of: 'files' | 'batches',
): Result<ListPart, GatewayError> => {
  const [standard, max] = LIMITS[api][of]
  const limit = Number(search.get('limit') ?? standard)
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    return err(fault('invalid-request', `\`limit\` must be a whole number from 1 to ${max}.`, { param: 'limit' }))
  const order = search.get('order') ?? 'desc'
  if (api === 'openai' && order !== 'asc' && order !== 'desc')
    return err(fault('invalid-request', '`order` must be `asc` or `desc`.', { param: 'order' }))
  const after = search.get(api === 'openai' ? 'after' : 'after_id') ?? undefined
  const before = api === 'openai' ? undefined : (search.get('before_id') ?? undefined)
  return ok({ limit, after, before, oldestFirst: api === 'openai' && order === 'asc' })
}

/** A list as both vendors tell theirs. */
export const listOf = (api: StoreApi, data: readonly unknown[], ids: readonly string[], hasMore: boolean) => ({
  ...(api === 'openai' && { object: 'list' }),
  data,
  first_id: ids[0] ?? null,
  last_id: ids.at(-1) ?? null,
  has_more: hasMore,
})
