import { z } from '@hono/zod-openapi'
import { WIRE_FORMATS } from '../../canon/operation.ts'
import type { ReceiptFilter } from '../../db/types.ts'
import { line, momentField, oneOf } from './fields.ts'

const ENDED = ['whole', 'client_cut', 'upstream_cut', 'failed', 'abandoned'] as const
const STATUS = 'must be a status from 100 to 599, or a class of them such as 4xx'

const statusField = z
  .string()
  .regex(/^[1-5](?:\d\d|xx)$/, STATUS)
  .transform(
    (text): Pick<ReceiptFilter, 'status' | 'statusClass'> =>
      text.endsWith('xx') ? { statusClass: Number(text[0]) } : { status: Number(text) },
  )
  .openapi({ type: 'string', pattern: '^[1-5](\\d\\d|xx)$' })

const some = (description: string) => line(200).optional().openapi({ description })

/** What requests are looked for by. The filters everyone has; an administrator can also ask by user and provider. */
export const REQUEST_FILTERS = {
  key_id: some('Only requests made with this key.'),
  project_id: some('Only requests of this project.'),
  model: some('Only this model, as it was asked for or served.'),
  status: statusField.optional().openapi({
    description: 'Only requests answered with this HTTP status, or one of this class.',
    example: undefined,
  }),
  ended: oneOf(ENDED).optional().openapi({ description: 'Only requests that ended so.' }),
  client_format: oneOf(WIRE_FORMATS).optional().openapi({ description: 'Only requests in this wire format.' }),
  q: some("How a request's id begins, or a part of the name of its model."),
  since: momentField.optional().openapi({ type: 'string', format: 'date-time', description: 'Only from then on.' }),
  until: momentField.optional().openapi({ type: 'string', format: 'date-time', description: 'Only before that.' }),
}

export const ADMIN_FILTERS = {
  user_id: some('Only requests of this user.'),
  provider: some('Only requests that this provider served.'),
}

const FILTERS = z.object({ ...REQUEST_FILTERS, ...ADMIN_FILTERS })

/** The filter that a query says. */
export const filterOf = (query: z.infer<typeof FILTERS>): ReceiptFilter => ({
  userId: query.user_id,
  keyId: query.key_id,
  projectId: query.project_id,
  model: query.model,
  provider: query.provider,
  clientFormat: query.client_format,
  ended: query.ended,
  ...query.status,
  sinceMs: query.since,
  untilMs: query.until,
  text: query.q,
})
