import { z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'
import { ERRORS, fault, type GatewayError, retryHeaders } from '../../errors.ts'
import { openAiError } from '../../protocols/openai-chat/error.ts'
import type { ControlPlaneEnv } from './deps.ts'

/** One thing wrong with a request: which field, and what to do about it. */
export interface Mistake {
  readonly field: string
  readonly issue: string
}

export const FailureSchema = z
  .object({
    error: z.object({
      message: z
        .string()
        .openapi({ description: 'What went wrong and what to do next.', example: 'amount_usd is required' }),
      type: z.string().openapi({ description: 'The class of failure.', example: 'invalid_request_error' }),
      code: z
        .string()
        .openapi({ description: 'The exact failure, stable across versions.', example: 'invalid_request' }),
      param: z.string().nullable().openapi({ description: 'The field at fault.', example: 'amount_usd' }),
      details: z
        .object({
          field: z.string().openapi({ example: 'amount_usd' }),
          issue: z.string().openapi({ example: 'is required' }),
          mistakes: z
            .array(z.object({ field: z.string(), issue: z.string() }))
            .optional()
            .openapi({ description: 'Every mistake, when there is more than one.' }),
        })
        .optional(),
      request_id: z
        .string()
        .openapi({ description: 'Also in `x-request-id`; quote it when you ask for help.', example: 'req_01jd8m9h4t' }),
    }),
  })
  .openapi('Error', { description: "A failure, in OpenAI's shape." })

export type FailureBody = z.infer<typeof FailureSchema>

/** The statuses the control plane fails with. */
export type FailureStatus = 400 | 401 | 402 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503

/** Writes a failure in OpenAI's shape; `mistakes` lists all of them where a request had several. */
export const renderFailure = (
  error: GatewayError,
  requestId: string,
  mistakes: readonly Mistake[] = [],
): FailureBody => {
  const { details, ...rest } = openAiError(error, requestId)
  if (!details) return { error: rest }
  return { error: { ...rest, details: { ...details, ...(mistakes.length > 1 ? { mistakes: [...mistakes] } : {}) } } }
}

/** Answers with a failure: status, `x-should-retry` or `retry-after`, and the body. */
export const refuse = (
  c: Context<ControlPlaneEnv>,
  error: GatewayError,
  mistakes: readonly Mistake[] = [],
): Response & TypedResponse<FailureBody, FailureStatus, 'json'> => {
  c.set('refusal', error)
  const headers = { ...retryHeaders(error), 'cache-control': 'no-store' }
  return c.json(renderFailure(error, c.get('requestId'), mistakes), ERRORS[error.kind].status as FailureStatus, headers)
}

/** Turns what Zod found into one failure that names every mistake, the first of them as `param`. */
export const mistakesIn = (issues: readonly z.core.$ZodIssue[]): readonly Mistake[] =>
  issues.flatMap((issue) => {
    const field = fieldName(issue.path)
    if (field === '' && issue.code === 'invalid_type') return [{ field, issue: 'must be a JSON object' }]
    if (issue.code !== 'unrecognized_keys') return [{ field, issue: issue.message }]
    return issue.keys.map((key) => ({
      field: field ? `${field}.${key}` : key,
      issue: 'is not a field of this request',
    }))
  })

export const mistakesFault = (mistakes: readonly Mistake[]): GatewayError => {
  const message = mistakes.map(({ field, issue }) => `${field || 'The body'} ${issue}`).join('; ')
  const [first] = mistakes
  return fault('invalid-request', message, first?.field ? { param: first.field, issue: first.issue } : {})
}

/** `['ip_allow', 0]` is written `ip_allow[0]`, as OpenAI's own errors do. */
const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`
    return name ? `${name}.${String(part)}` : String(part)
  }, '')
