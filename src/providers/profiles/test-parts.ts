import type { Model } from '../../canon/model.ts'
import type { WireFormat } from '../../canon/operation.ts'
import type { Profile } from '../../canon/profile.ts'
import { ONE } from '../../units.ts'
import { PROVIDER_KINDS } from '../kinds.ts'
import { profileOf } from '../profiles.ts'
import type { ProviderKind } from '../types.ts'
import type { ProfilePatch } from './row.ts'

/** Every kind there is. */
export const KINDS: ReadonlyMap<string, ProviderKind> = new Map(Object.entries(PROVIDER_KINDS))

export const kindOf = (name: string): ProviderKind => {
  const kind = KINDS.get(name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}

export const modelOf = (id: string, maxOutputTokens?: number): Model => ({
  id,
  vendor: 'x',
  type: 'chat',
  displayName: id,
  contextWindow: undefined,
  maxOutputTokens,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
})

/** The profile of a model that the provider knows by the catalogue's name. */
export const profile = (kind: string, name: string, format: WireFormat): Profile =>
  profileOf({ kind: kindOf(kind), model: modelOf(name), upstreamModel: name, format })

/** Models, parted by spaces, of whom the same is expected. */
export type FactRow = readonly [kind: string, format: WireFormat, names: string, facts: ProfilePatch]

/** The profiles of such a row's models, each with its name. */
export const profilesOf = (
  kind: string,
  format: WireFormat,
  names: string,
): readonly (readonly [name: string, profile: Profile])[] =>
  names.split(' ').map((name) => [name, profile(kind, name, format)])

export const MESSAGES = 'anthropic-messages'
export const CHAT = 'openai-chat'
export const RESPONSES = 'openai-responses'
export const GEMINI = 'gemini'
