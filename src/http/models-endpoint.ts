import type { Model } from '../canon/model.ts'
import type { Multipliers } from '../canon/price.ts'
import type { GatewayError } from '../errors.ts'
import { fault } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { mayUse } from '../keys/principal.ts'
import type { Principal } from '../keys/types.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { err, ok, type Result } from '../result.ts'
import { servesModel } from '../routing/choose.ts'
import type { Channel } from '../routing/types.ts'
import { type Endpoint, type EndpointDeps, json } from './endpoint.ts'
import { renderAnthropicModel, renderAnthropicModels } from './models/anthropic.ts'
import { renderGeminiModel, renderGeminiModels } from './models/gemini.ts'
import type { ListedModel } from './models/listed.ts'
import { renderOpenAiModel, renderOpenAiModels } from './models/openai.ts'

export interface ModelsDeps extends EndpointDeps {
  readonly catalogue: Catalogue
  readonly channels: readonly Channel[]
  /** What a principal pays of a model's prices. */
  readonly multipliersOf: (principal: Principal, model: Model) => Multipliers
  readonly nowMs: () => number
}

/** One list path is asked in three dialects: a client is told apart by the header only its vendor's SDK sends. */
const DIALECTS = {
  openai: { list: renderOpenAiModels, one: renderOpenAiModel },
  anthropic: { list: renderAnthropicModels, one: renderAnthropicModel },
  gemini: { list: renderGeminiModels, one: renderGeminiModel },
}

const MODELS =
  /^\/(?:(v1beta)|v1|openai\/v1|v1\/openai|claude\/v1|v1\/anthropic(?:\/v1)?|api\/proxy\/v1)\/models(?:\/(.+))?$/

/** `GET …/models` and `…/models/{id}`: what this key can use. */
export const createModelsEndpoint = (deps: ModelsDeps): Endpoint => {
  const answer = async (call: Call, dialect: keyof typeof DIALECTS, id: string | undefined): Promise<Response> => {
    const entered = await deps.enter(call, 'models')
    if (!entered.ok) return entered.error
    const { principal, headers } = entered.value
    const { list, one } = DIALECTS[dialect]
    if (id === undefined) {
      const rendered = list(usable(deps, principal), call.search)
      return rendered.ok ? json(call, rendered.value, { headers }) : deps.refuse(call, rendered.error)
    }
    const found = usableByName(deps, principal, id)
    return found.ok ? json(call, one(found.value), { headers }) : deps.refuse(call, found.error)
  }
  return (call, path) => {
    const { method, headers } = call.request
    const match = method === 'GET' || method === 'HEAD' ? MODELS.exec(path) : null
    if (!match) return undefined
    return answer(call, dialectOf(match[1] !== undefined, headers), match[2] && safelyDecoded(match[2]))
  }
}

const dialectOf = (isGeminiPath: boolean, headers: Headers): keyof typeof DIALECTS => {
  if (isGeminiPath || headers.has('x-goog-api-key')) return 'gemini'
  return headers.has('anthropic-version') ? 'anthropic' : 'openai'
}

/** The models that some channel of the key's group serves, each by the name under which the key may use it. */
const usable = (deps: ModelsDeps, principal: Principal): readonly ListedModel[] => {
  const byId = deps.catalogue
    .models()
    .filter((model) => mayUse(principal, model.id).ok && isServed(deps, principal, model))
  const byName = [...(principal.models ?? [])].flatMap((name) => {
    const resolved = deps.catalogue.resolve(name)
    if (!resolved.ok) return []
    const { model } = resolved.value
    return mayUse(principal, model.id).ok || !isServed(deps, principal, model) ? [] : [{ ...model, id: name }]
  })
  return [...byId, ...byName].map((model) => listedAt(deps, principal, model))
}

const isServed = (deps: ModelsDeps, { group }: Principal, model: Model): boolean =>
  deps.channels.some((channel) => channel.groups.has(group) && servesModel(channel, model))

const listedAt = (deps: ModelsDeps, principal: Principal, model: Model): ListedModel => ({
  model,
  multipliers: deps.multipliersOf(principal, model),
  prices: deps.catalogue.priceAt(model, deps.nowMs()),
})

const usableByName = (deps: ModelsDeps, principal: Principal, name: string): Result<ListedModel, GatewayError> => {
  const resolved = deps.catalogue.resolve(name)
  if (!resolved.ok) return resolved
  const { model } = resolved.value
  const allowed = mayUse(principal, name, model.id)
  if (!allowed.ok) return allowed
  // By an id that its list leaves out the key would be refused: then the name it asked by is its name.
  const named = mayUse(principal, model.id).ok ? model : { ...model, id: name }
  if (isServed(deps, principal, model)) return ok(listedAt(deps, principal, named))
  const message = `Model ${name.slice(0, 100)} is not served to keys of group ${principal.group}. GET /v1/models lists those that are.`
  return err(fault('model-not-found', message, { param: 'model' }))
}

const safelyDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
