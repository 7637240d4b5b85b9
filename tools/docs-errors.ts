/** Writes docs/errors.md from the table in src/errors.ts and the advice below: part of `npm run docs`. */
import { ERRORS, type ErrorKind } from '../src/errors.ts'

/** When a kind occurs, and what whoever sees it can do. */
interface Advice {
  readonly when: string
  readonly advice: string
}

/** A kind without advice does not compile. */
const ADVICE: Readonly<Record<ErrorKind, Advice>> = {
  'invalid-json': { when: 'The body is empty, or is not JSON.', advice: 'Send one JSON object.' },
  'invalid-request': {
    when: 'A field is missing or has the wrong type, a name appears twice in the body, it is nested too deeply, or two different API keys were sent.',
    advice: 'Change the field that `param` and `details` name.',
  },
  'context-length-exceeded': {
    when: "The input is larger than the model's window.",
    advice: 'Send less, or use a model with a larger window.',
  },
  'unsupported-parameter': {
    when: 'A field of the official API that cannot be priced here (`models` in Chat, `background` in Responses), or that the model which is served in another format has no word for and the answer depends on; with `x-tollgate-strict`, any loss.',
    advice: 'Leave it out; the message says what to use instead.',
  },
  'unsupported-format': {
    when: 'The model is served, but by no provider that speaks the wire format of the request or one it can be translated into.',
    advice: 'Send the request in one of the formats in the message.',
  },
  'thread-unsupported': {
    when: 'A Messages request with `thread` for a provider that keeps no threads.',
    advice: "Send the whole history. Anthropic's SDK does so by itself.",
  },
  'response-not-found': {
    when: 'The response that `previous_response_id` names, or one before it, is not kept: it has expired, was deleted, was made with `store: false`, or belongs to another project.',
    advice: 'Send the whole conversation in `input`.',
  },
  'unknown-model-pricing': {
    when: 'Nobody knows a price that the request would need.',
    advice: 'The operator adds the price to `model_catalog.json`.',
  },
  'invalid-api-key': {
    when: 'The key is missing, mistyped, unknown, revoked, expired, or replaced by a rotation.',
    advice: 'Use a valid key; the message says which of these it is.',
  },
  'insufficient-balance': {
    when: 'The balance does not cover the most that the request can cost.',
    advice: 'Add credit, wait for running requests to end, or ask for fewer output tokens.',
  },
  'key-budget-exceeded': {
    when: 'What is left of a budget of the key does not cover the most that the request can cost.',
    advice: 'Wait for the next window where there is a `retry-after`, use another key, or have the budget raised.',
  },
  'project-budget-exceeded': {
    when: 'What is left of a budget of the project of the key does not cover the most that the request can cost.',
    advice:
      'Wait for the next window where there is a `retry-after`, use a key of another project, or have the budget raised.',
  },
  'model-not-allowed': {
    when: 'The key may use only some models, and not this one.',
    advice: 'Use a model it may use.',
  },
  'ip-not-allowed': {
    when: 'The key may be used only from some addresses, and not from this one.',
    advice: "Call from an address of the key's `ip_allow`.",
  },
  'origin-not-allowed': {
    when: 'Local mode was asked by a web page, or under a name that is not its own.',
    advice: 'Call it as http://127.0.0.1, or set public_url to the name you use.',
  },
  'scope-not-allowed': { when: 'The key lacks the scope for this call.', advice: 'Use a key with that scope.' },
  'role-not-allowed': {
    when: 'The role of whoever is signed in does not cover the call, or the session may only read.',
    advice: 'Ask an owner of the organisation.',
  },
  'refused-by-rule': {
    when: 'A rule of the group refuses requests like this one.',
    advice: 'Do as the message says; it is the operator’s. `POST /v1/explain` names the rule.',
  },
  'model-not-found': {
    when: 'No model, alias or spelling has this name.',
    advice: 'Check the name; `GET /v1/models` lists what the key can use.',
  },
  'not-found': { when: 'There is nothing at this path, or no such thing.', advice: 'Check the path and the id.' },
  'method-not-allowed': { when: 'The path takes another method.', advice: 'Use the method in the `allow` header.' },
  conflict: {
    when: 'An idempotency key, or a request id, was used before for something else.',
    advice: 'Use a new one.',
  },
  'state-conflict': {
    when: 'The call contradicts what is there: an e-mail address is taken, a revoked key cannot be rotated.',
    advice: 'Look at what is there first.',
  },
  'upstream-conflict': {
    when: 'The provider says 409, in an answer that was translated: something else was in the way there.',
    advice: 'Try again.',
  },
  'request-too-large': {
    when: 'The body is above `limits.body_bytes` (64 KiB on the admin API).',
    advice: 'Send less, or upload large files by reference.',
  },
  'unsupported-media-type': {
    when: 'The body is compressed, or (admin API) not declared as JSON.',
    advice: 'Send plain JSON with `content-type: application/json`.',
  },
  'upgrade-required': { when: 'A WebSocket was asked for.', advice: 'Send the request by POST.' },
  'rate-limit-exceeded': {
    when: "A limit of requests or tokens a minute is reached, the key's own or the provider's.",
    advice: 'Wait for `retry-after` seconds.',
  },
  'provider-paused': {
    when: 'Every provider of the model is [paused](admin-api.md#pausing-a-provider).',
    advice: 'Wait, or use another model; the operator resumes it.',
  },
  'client-closed': {
    when: 'The client hung up. Nobody sees this answer; the status stands in logs and receipts.',
    advice: 'Nothing.',
  },
  internal: {
    when: 'A defect of Tollgate, or its database failed.',
    advice: 'Try again; report it with the request id.',
  },
  'upstream-failed': {
    when: 'The provider could not be reached, broke off, or failed with a status of its own.',
    advice: 'Try again.',
  },
  'upstream-refused': {
    when: "The provider refused the operator's account or key (its 401, 402, 403 or 407).",
    advice: "The client's key is fine: tell the operator, or use another model.",
  },
  'upstream-unreadable': {
    when: "The provider's answer is not readable JSON, or not in the JSON shape that the model was asked for.",
    advice: 'Try again.',
  },
  'stream-broken': {
    when: 'The provider ended a stream before the answer was complete. Sent as an event inside the stream.',
    advice: 'Try again; only what was delivered is charged.',
  },
  'no-channel': {
    when: "The model is known, but no channel of the key's group serves it.",
    advice: 'Use a key of a group that serves it, or have a channel added.',
  },
  'model-retired': {
    when: 'The operator has taken the model out of service.',
    advice: 'Use the successor in the message.',
  },
  'no-active-keys': {
    when: 'The provider that would serve the model needs a key and has none configured.',
    advice: 'The operator adds a provider key.',
  },
  'upstream-overloaded': {
    when: "The provider says that it is overloaded, in an answer that was translated. Messages clients get Anthropic's own status for it, 529.",
    advice: 'Wait for `retry-after` seconds.',
  },
  overloaded: {
    when: 'More is waiting to be recorded than the database takes, or its disk is full.',
    advice: 'Wait for `retry-after` seconds.',
  },
  'upstream-timeout': {
    when: "No connection to the provider, TLS and a proxy's tunnel included, within `timeouts.connect`; no headers of an answer within `timeouts.first_byte`; nothing more of it for `timeouts.idle`; or not its end within `timeouts.total`. The message says which, and its time.",
    advice: 'Try again. Where a model thinks for longer, the operator raises that time for its provider.',
  },
}

const RETRY = { never: '`x-should-retry: false`', later: '`retry-after`', allowed: 'may be retried' } as const

const INTRODUCTION = `# Errors

<!-- Made from src/errors.ts by \`npm run docs\`. Change that, or tools/docs-errors.ts. -->

An error has the shape of the wire format that the request was sent in, so that the client's SDK raises its own
exception. The \`message\` says what to do next. Every answer carries \`x-request-id\`; quote it when you report something.

OpenAI formats, and the admin API:

\`\`\`json
{"error": {"message": "…", "type": "invalid_request_error", "param": "messages", "code": "invalid_request",
  "details": {"field": "messages", "issue": "missing; must be an array of messages, each with a role and content"},
  "request_id": "req_…"}}
\`\`\`

Anthropic Messages:

\`\`\`json
{"type": "error", "error": {"type": "invalid_request_error", "message": "…",
  "details": {"field": "messages", "issue": "…"}}, "request_id": "req_…"}
\`\`\`

Gemini:

\`\`\`json
{"error": {"code": 400, "message": "…", "status": "INVALID_ARGUMENT", "details": [
  {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "INVALID_REQUEST", "domain": "tollgate"},
  {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "contents", "description": "…"}]},
  {"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": "req_…"}]}}
\`\`\`

\`param\`, \`details\` (\`BadRequest\` in Gemini's shape) are there when one field is at fault.

## What a client should do

- \`x-should-retry: false\`: the same request will fail again. The official OpenAI and Anthropic SDKs obey this header.
- \`retry-after\`: wait that many whole seconds, then try again.
- Neither: a retry may help. Nothing was charged for the failed request, unless it broke in the middle of a stream;
  [billing](billing.md#how-a-request-can-end) says what each ending costs.

In a stream whose headers are already sent, an error is an event in the format's own shape, and the stream ends after it
without the format's end mark. [Streaming](streaming.md#errors-inside-a-stream) shows them.

## All of them

Gemini's \`ErrorInfo.reason\` is the code in capitals.
`

const FOOTER = `## Errors of a provider

An error that a provider answers with passes through, body and all, when it concerns the request of the client: most of
4xx, and the overloads 503, 504 and 529. Other 5xx become 502 with the body of the provider, when that is JSON. A 429, 503
or 529 says how long to wait: by the provider's \`retry-after-ms\`, else its \`retry-after\`, else the wait that its body
names, else 5 seconds. The list of one error that Google sends at its endpoint in OpenAI's format is told in OpenAI's
shape. An error that a stream begins with, before any content, is treated as the HTTP error that its type stands for
([streaming](streaming.md#before-the-first-content)). Where several channels were tried and all failed, the first one's
failure is told. What concerns the operator's account becomes
\`upstream_refused\`; a page for people instead of JSON becomes \`upstream_error\`. The reasons are in
[decision 6](decisions/0006-which-upstream-errors-pass.md).
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

const rowOf = (kind: ErrorKind): string => {
  const { status, type, code, anthropicType, geminiStatus, retry } = ERRORS[kind]
  const { when, advice } = ADVICE[kind]
  const names = [`\`${type}\` / \`${code}\``, `\`${anthropicType}\``, `\`${geminiStatus}\``]
  return `| ${[String(status), `\`${kind}\``, ...names, RETRY[retry], cell(when), cell(advice)].join(' | ')} |`
}

/** docs/errors.md, whole. */
export const renderErrors = (): string => {
  const kinds = (Object.keys(ERRORS) as ErrorKind[]).toSorted((a, b) => ERRORS[a].status - ERRORS[b].status)
  const table = [
    '| status | kind | OpenAI `type` / `code` | Anthropic `type` | Gemini `status` | retry | when | what to do |',
    '|---|---|---|---|---|---|---|---|',
    ...kinds.map(rowOf),
  ]
  return [INTRODUCTION, `${table.join('\n')}\n`, FOOTER].join('\n')
}
