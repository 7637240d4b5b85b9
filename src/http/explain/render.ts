import { bufferOf } from '../../bytes.ts'
import { isUtf8 } from 'node:buffer'
import { ERRORS, type GatewayError } from '../../errors.ts'
import type { BudgetLeft, Explanation, KeyState, Refused, Sent, Way } from '../../gateway/explain/explanation.ts'
import type { Quote } from '../../gateway/admit.ts'
import type { Principal } from '../../keys/types.ts'
import { mayDo } from '../../keys/principal.ts'
import type { Block } from '../../routing/health.ts'
import type { ParameterTree } from '../../routing/rules-parameters.ts'
import type { Rule } from '../../routing/rules.ts'
import { formatUsd } from '../../units.ts'
import { renderMultipliers, renderPrices } from '../receipt-json.ts'
import type { ToExplain } from './request.ts'

export interface Reader {
  readonly principal: Principal
  /** Whether it is the operator, who may see addresses, and channels of other groups. */
  readonly isOperator: boolean
}

/** An explanation as it travels: snake case, money as decimal strings, times in ISO 8601. */
export const renderExplanation = (
  requestId: string,
  { path, isGuessed, operation }: ToExplain,
  explanation: Explanation,
  reader: Reader,
) => {
  const { envelope, names, rule, strategy, hedgeAfterMs, home, ways, leftOut, first, quote, limits, funds } =
    explanation
  const { principal, isOperator } = reader
  return {
    object: 'explanation',
    request_id: requestId,
    would_refuse: explanation.refused ? renderRefused(explanation.refused) : null,
    operation: {
      path,
      guessed: isGuessed,
      format: operation.format,
      action: operation.action,
      stream: envelope?.stream ?? null,
    },
    model: {
      requested: envelope?.model ?? null,
      served: ways[0]?.candidate.model.id ?? null,
      names: names.map(({ name, means, model, upstreamName }) => ({
        name,
        means,
        model: model?.id ?? null,
        upstream_name: upstreamName ?? null,
      })),
    },
    rule: rule ? renderRule(rule) : null,
    group: principal.group,
    strategy,
    hedge_after_ms: hedgeAfterMs ?? null,
    conversation: home ? { channel: home.channel, key: home.key } : null,
    first: first ?? null,
    candidates: ways.map((way) => renderWay(way, isOperator)),
    left_out: leftOut
      .filter(({ why }) => isOperator || why !== 'other_group')
      .map(({ channel, model, why }) => ({ channel: channel.id, provider: channel.provider.id, model: model.id, why })),
    quote: quote ? renderQuote(quote) : null,
    limits: limits.map(({ measure, limit, remaining, resetAtMs, needed }) => ({
      measure: MEASURES[measure],
      limit,
      remaining,
      needed,
      resets_at: new Date(resetAtMs).toISOString(),
    })),
    funds: funds ? renderFunds(funds, mayDo(principal, 'receipts').ok) : null,
  }
}

export type ExplanationJson = ReturnType<typeof renderExplanation>

const MEASURES = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
} as const

const renderRefused = ({ step, error }: Refused) => ({ step, ...renderError(error) })

const renderError = (error: GatewayError) => {
  const { status, code } = ERRORS[error.kind]
  const wait = error.retryAfterMs === undefined ? null : Math.max(1, Math.ceil(error.retryAfterMs / 1_000))
  return {
    status,
    error: { kind: error.kind, code, message: error.message, param: error.param ?? null, retry_after_s: wait },
  }
}

const renderRule = ({ name, effects }: Rule) => ({
  name,
  model: effects.model,
  channels: effects.channels,
  parameters: effects.parameters ? Object.fromEntries(pathsIn(effects.parameters, '')) : {},
  refuse: effects.refuse,
})

/** Dotted names with their values; `null` where one is taken out. */
const pathsIn = (tree: ParameterTree, path: string): readonly (readonly [string, unknown])[] =>
  [...tree].flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    if (value === null) return [[path + name, null]]
    return typeof value === 'string' ? [[path + name, JSON.parse(value) as unknown]] : pathsIn(value, `${path}${name}.`)
  })

const renderQuote = ({ amount, inputTokensReserved, outputTokensReserved }: Quote) => ({
  amount_usd: formatUsd(amount),
  input_tokens_estimated: inputTokensReserved,
  output_tokens_max: outputTokensReserved,
})

const renderWay = ({ candidate, keys, quote, terms, sent }: Way, isOperator: boolean) => {
  const { channel, model, requestedAs, upstreamModel, upstreamFormat, why } = candidate
  return {
    channel: channel.id,
    provider: channel.provider.id,
    priority: channel.priority,
    weight: channel.weight,
    why,
    requested_as: requestedAs,
    model: model.id,
    upstream_model: upstreamModel,
    upstream_format: upstreamFormat,
    keys: keys.map(renderKey),
    quote: quote ? renderQuote(quote) : null,
    prices: terms ? renderPrices(terms.prices, undefined) : null,
    multipliers: terms ? renderMultipliers(terms.multipliers) : null,
    sent: sent ? renderSent(sent, isOperator) : null,
  }
}

/** A key is as well as the least well of all that must be well for it to be used. */
const renderKey = ({ id, subjects }: KeyState) => {
  const standings = subjects.map(({ standing }) => standing)
  return {
    id,
    standing: standings.includes('blocked') ? 'blocked' : standings.includes('probe') ? 'probe' : 'ready',
    blocks: subjects.flatMap(({ subject, block }) => (block ? [renderBlock(subject, block)] : [])),
  }
}

const renderBlock = (subject: string, { kind, reason, sinceMs, untilMs }: Block) => ({
  subject,
  kind,
  reason,
  since: new Date(sinceMs).toISOString(),
  until: Number.isFinite(untilMs) ? new Date(untilMs).toISOString() : null,
})

const renderSent = (sent: Sent, isOperator: boolean) => {
  if (sent.kind === 'refused') return { kind: 'refused' as const, ...renderError(sent.error) }
  const losses = sent.warnings.map((warning) => {
    const at = warning.lastIndexOf(';')
    return { pointer: warning.slice(0, at), code: warning.slice(at + 1) }
  })
  if (sent.kind === 'answered-here') return { kind: 'answered_here' as const, losses }
  const { method, url, headers, body } = sent.request
  return {
    kind: 'sent' as const,
    method,
    // The host, and what stands before the format's own path, are the operator's.
    ...(isOperator && { url }),
    path: url.slice(sent.root.length),
    headers,
    ...renderBody(body),
    losses,
  }
}

const NO_BODY = new Uint8Array()

/** More of a body is not shown. */
const BODY_BYTES_SHOWN = 1_048_576

const renderBody = (body: Uint8Array = NO_BODY) => {
  const shown = bufferOf(body).subarray(0, BODY_BYTES_SHOWN)
  const isText = isUtf8(body)
  return {
    body_bytes: body.length,
    body_encoding: isText ? ('utf-8' as const) : ('base64' as const),
    body_cut: body.length > BODY_BYTES_SHOWN,
    body: shown.toString(isText ? 'utf8' : 'base64'),
  }
}

/** Amounts are for keys that may see receipts. */
const renderFunds = ({ balance, budgets, covers }: NonNullable<Explanation['funds']>, showsAmounts: boolean) => ({
  covers,
  available_usd: balance && showsAmounts ? formatUsd(balance.available) : null,
  budgets: showsAmounts ? budgets.map(renderBudget) : [],
})

const renderBudget = ({ budget, spent, held }: BudgetLeft) => ({
  of: budget.subject.startsWith('key:') ? 'key' : 'project',
  window: budget.window,
  limit_usd: formatUsd(budget.limit),
  spent_usd: spent === undefined ? null : formatUsd(spent),
  held_usd: held === undefined ? null : formatUsd(held),
})
