import { messagesError } from '../messages-error.ts'
import type { CliRefusal } from './lines.ts'

/** Why there is no answer, or no whole one. */
export type CliFailure =
  /** There is no such command. */
  | { readonly kind: 'missing' }
  /** It is not logged in. */
  | { readonly kind: 'login' }
  /** The subscription's limit is used up. */
  | { readonly kind: 'limit'; readonly resetsAtMs: number | undefined }
  | { readonly kind: 'billing' }
  /** More requests than may run and wait. */
  | { readonly kind: 'busy' }
  /** The vendor does not know the model, or not for this login. */
  | { readonly kind: 'model' }
  /** The vendor refused the request itself, in these words. */
  | { readonly kind: 'request'; readonly text: string }
  | { readonly kind: 'overloaded' }
  /** It answered a turn that it was told not to answer. */
  | { readonly kind: 'old' }
  /** What it wrote cannot be read. */
  | { readonly kind: 'unreadable' }
  /** It, or the vendor behind it, broke off. */
  | { readonly kind: 'broken' }

interface Row {
  readonly status: number
  readonly message: string
}

const INSTALL =
  'The Claude CLI is not available. Operator: install Claude Code, log in once by running `claude`, and see that the ' +
  'command is on the PATH of Tollgate, or name it in `claude_cli.command` of the provider.'
const LOG_IN =
  'The Claude CLI is not logged in. Operator: run `claude auth login` as the user that Tollgate runs as, then try again.'
const UPDATE =
  'The Claude CLI is too old: it cannot be told of earlier turns. Operator: update Claude Code (`claude update`).'

const ROWS: Readonly<Record<Exclude<CliFailure['kind'], 'limit' | 'request'>, Row>> = {
  missing: { status: 503, message: INSTALL },
  login: { status: 503, message: LOG_IN },
  old: { status: 503, message: UPDATE },
  billing: { status: 402, message: 'The account of the Claude CLI has no credit left.' },
  busy: {
    status: 503,
    message: 'As many requests as may run and wait for the Claude CLI do so. Try again in a moment.',
  },
  model: {
    status: 404,
    message: 'The Claude CLI does not have this model, or not for its login. Choose another.',
  },
  overloaded: { status: 529, message: 'The vendor of the Claude CLI is overloaded. Try again in a moment.' },
  unreadable: { status: 500, message: 'The Claude CLI wrote something that cannot be read. Try again.' },
  broken: { status: 500, message: 'The Claude CLI broke off before its answer was complete. Try again.' },
}

/** What an operator is to do about a command that cannot answer; `undefined`: nothing but wait. */
export const adviceOn = ({ kind }: CliFailure): string | undefined =>
  kind === 'missing' || kind === 'login' || kind === 'old' ? ROWS[kind].message : undefined

export interface RenderedFailure {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** A failure as the vendor of Messages would answer it. Words of the command's own pass only where they are about the request. */
export const renderFailure = (failure: CliFailure, nowMs: number): RenderedFailure => {
  if (failure.kind === 'limit') return renderLimit(failure.resetsAtMs, nowMs)
  if (failure.kind === 'request') return rendered(400, failure.text)
  const { status, message } = ROWS[failure.kind]
  return rendered(status, message, failure.kind === 'busy' ? 1 : undefined)
}

const rendered = (status: number, message: string, waitSeconds?: number): RenderedFailure => ({
  status,
  body: messagesError(status, message),
  headers: waitSeconds === undefined ? {} : { 'retry-after': String(waitSeconds) },
})

const renderLimit = (resetsAtMs: number | undefined, nowMs: number): RenderedFailure => {
  if (resetsAtMs === undefined) return rendered(429, 'The usage limit of the Claude CLI is reached. Try again later.')
  const until = new Date(resetsAtMs).toISOString()
  const message = `The usage limit of the Claude CLI is reached until ${until}. Try again then.`
  return rendered(429, message, Math.max(1, Math.ceil((resetsAtMs - nowMs) / 1_000)))
}

const WORDS: Readonly<Record<string, CliFailure['kind']>> = {
  authentication_failed: 'login',
  oauth_org_not_allowed: 'login',
  billing_error: 'billing',
  rate_limit: 'limit',
  invalid_request: 'request',
  model_not_found: 'model',
  overloaded: 'overloaded',
  server_error: 'broken',
}

const STATUSES: Readonly<Record<number, CliFailure['kind']>> = {
  400: 'request',
  401: 'login',
  402: 'billing',
  403: 'login',
  404: 'model',
  413: 'request',
  422: 'request',
  429: 'limit',
  529: 'overloaded',
}

/** `Claude AI usage limit reached|1767225600`, as it was said before there were events of limits. */
const LIMIT_TEXT = /usage limit reached(?:\|(\d{10}))?/i

/** What a refusal in the command's words comes to; `resetsAtMs`: what an event before it said. */
export const failureOf = ({ word, status, text }: CliRefusal, resetsAtMs: number | undefined): CliFailure => {
  const told = LIMIT_TEXT.exec(text)
  if (told) return { kind: 'limit', resetsAtMs: resetsAtMs ?? (told[1] ? Number(told[1]) * 1_000 : undefined) }
  const kind = (status !== undefined && STATUSES[status]) || WORDS[word ?? ''] || 'broken'
  if (kind === 'limit') return { kind, resetsAtMs }
  return kind === 'request' ? { kind, text: plainText(text) } : { kind }
}

const TEXT_CHARACTERS_MAX = 2_000

/** Words about the request, without addresses: which gateway the command itself asks is nobody's business. */
const plainText = (text: string): string => {
  const plain = text
    .replaceAll(/https?:\/\/\S+/g, '')
    .replaceAll(/\(?\b[\w.-]+:\d{2,5}\)?/g, '')
    .replace(/^API Error:\s*/, '')
    .trim()
  return plain === '' ? 'The vendor of the Claude CLI refused the request.' : plain.slice(0, TEXT_CHARACTERS_MAX)
}
