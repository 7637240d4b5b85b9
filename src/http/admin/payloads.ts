import { createRoute, z } from '@hono/zod-openapi'
import { fault } from '../../errors.ts'
import type { Receipt } from '../../canon/receipt.ts'
import { readPayload } from '../../capture/payload-json.ts'
import type { Principal } from '../../keys/types.ts'
import { audit } from './audit.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, idParam, KEY_OWNER, notFound, TIME } from './routes.ts'

const PARAMS = z.object({ request_id: idParam('req_01jd8m9h4t') })

const BodySchema = z
  .object({
    headers: z.record(z.string(), z.string()).openapi({
      description: 'Of a list of harmless ones; no credential is ever among them.',
      example: { 'content-type': 'application/json' },
    }),
    encoding: z.enum(['utf8', 'base64']).openapi({ description: 'base64: it is no text.', example: 'utf8' }),
    body: z.string().openapi({ example: '{"model":"gpt-5-mini"}' }),
    bytes: z.number().int().openapi({ description: 'Of the whole body.', example: 1811 }),
    cut: z.boolean().openapi({ description: 'Only its beginning was kept.', example: false }),
  })
  .openapi('PayloadBody')
const RequestSchema = BodySchema.extend({
  method: z.string().openapi({ example: 'POST' }),
  path: z.string().openapi({ example: '/v1/chat/completions' }),
}).openapi('PayloadRequest')
const ResponseSchema = BodySchema.extend({ status: z.number().int().openapi({ example: 200 }) }).openapi(
  'PayloadResponse',
)
const AttemptSchema = z
  .object({
    channel: z.string().openapi({ example: 'openai' }),
    start_ms: z.number().openapi({ description: 'Counted from when the request came in.', example: 3 }),
    request: RequestSchema,
    response: ResponseSchema.nullable().openapi({ description: 'null: there was none.' }),
  })
  .openapi('PayloadAttempt')

const PayloadSchema = z
  .object({
    request_id: z.string().openapi({ example: 'req_01jd8m9h4t' }),
    at: TIME,
    client_request: RequestSchema,
    upstream_request: RequestSchema.nullable().openapi({ description: 'Of the last attempt.' }),
    upstream_response: ResponseSchema.nullable(),
    client_response: ResponseSchema.nullable(),
    attempts: z.array(AttemptSchema).openapi({ description: 'All of them, as far as they were kept, in order.' }),
  })
  .openapi('Payload', { description: 'What a request and its answers said, where that is captured.' })

const DESCRIPTION =
  'Only where `capture` of the configuration was on for the key when the request came in, and until `capture.keep` is over; ' +
  'a 404 else.'

const getPayload = createRoute({
  method: 'get',
  path: '/api/admin/requests/{request_id}/payload',
  operationId: 'getPayload',
  tags: ['Requests'],
  summary: 'Get what a request and its answers said',
  description: `${DESCRIPTION} That it was read is written into the audit log.`,
  security: ADMIN_ONLY,
  request: { params: PARAMS },
  responses: { 200: answer(PayloadSchema, 'The payload.'), ...failures(404) },
})

const getMyPayload = createRoute({
  method: 'get',
  path: '/api/me/requests/{request_id}/payload',
  operationId: 'getMyPayload',
  tags: ['Me'],
  summary: "Get what one of the account's requests and its answers said",
  description:
    `${DESCRIPTION} A key reads what requests of its own project said, or, where it is of none, its own. Of people it needs ` +
    'the role of an owner, an administrator or a developer, and it is written into the audit log.',
  security: KEY_OWNER,
  request: { params: PARAMS },
  responses: { 200: answer(PayloadSchema, 'The payload.'), ...failures(403, 404) },
})

/** `GET /api/admin/requests/{request_id}/payload`. */
export const registerPayloads = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(getPayload, async (c) => {
    const { request_id: id } = c.req.valid('param')
    const payload = await deps.store.payloads.find(id)
    if (!payload) return refuse(c, await absence(deps, id, undefined))
    await audit(deps, c, { action: 'getPayload', subject: id, userId: payload.userId })
    return c.json(readPayload(payload), 200)
  })
}

/** `GET /api/me/requests/{request_id}/payload`. */
export const registerMyPayloads = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(getMyPayload, async (c) => {
    const caller = requirePermission(c, 'payloads')
    if (!caller.ok) return refuse(c, caller.error)
    const { userId, readOnly, actor } = caller.value
    const { request_id: id } = c.req.valid('param')
    const principal = c.get('principal')
    const receipt = principal && (await deps.store.receipts.find(id))
    // Whoever holds a key of one team is told nothing of what the others said.
    if (principal && !isOwnOf(principal, receipt)) return refuse(c, notFound('request', id, 'request_id'))
    const payload = await deps.store.payloads.find(id)
    if (payload?.userId !== userId) return refuse(c, await absence(deps, id, userId))
    if (!principal) {
      // `readOnly`: an administrator who looks through its eyes.
      const reason = readOnly ? `seen as ${actor}` : null
      await audit(deps, c, { action: 'getPayload', subject: id, userId, reason })
    }
    return c.json(readPayload(payload), 200)
  })
}

/** Whether a request is the key's own, or of its project. */
const isOwnOf = (
  { keyId, userId, projectId }: Principal,
  receipt: Pick<Receipt, 'keyId' | 'userId' | 'projectId'> | undefined,
): boolean =>
  receipt?.userId === userId && (receipt.keyId === keyId || (projectId !== null && receipt.projectId === projectId))

/** Somebody else's request is as absent as none. */
const absence = async ({ store }: ControlPlaneDeps, id: string, userId: string | undefined) => {
  const receipt = await store.receipts.find(id)
  const isThere = receipt !== undefined && (userId === undefined || receipt.userId === userId)
  if (!isThere) return notFound('request', id, 'request_id')
  return fault('not-found', `What the request ${id} said was not captured, or is not kept any more.`)
}
