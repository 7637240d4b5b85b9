import { textBetween } from '../bytes.ts'
import type { UpstreamFormat, WireFormat } from '../canon/operation.ts'
import type { Scan } from '../canon/scan.ts'
import { tierNamed } from './service-tier.ts'

/** Where each format names a tier of service. What stands under a name of another format is nothing to its vendor. */
const FIELDS: Readonly<Record<UpstreamFormat, readonly string[]>> = {
  'anthropic-messages': ['speed', 'service_tier'],
  gemini: ['serviceTier', 'service_tier'],
  'openai-chat': ['service_tier'],
  'openai-responses': ['service_tier'],
  'openai-completions': ['service_tier'],
  'openai-embeddings': ['service_tier'],
  'openai-images': [],
  'openai-audio': [],
  'openai-moderations': [],
  rerank: [],
  'bedrock-converse': [],
}

/** The tier that a body of this format asks for; `undefined` where it asks for none, or for the standard one. */
export const sentTier = (format: UpstreamFormat, scan: Scan): string | undefined =>
  tierOf(format, (name) => wordAt(scan, name))

/** The same of a body that Tollgate wrote. */
export const writtenTier = (format: UpstreamFormat, body: Readonly<Record<string, unknown>>): string | undefined =>
  tierOf(format, (name) => {
    const word = body[name]
    return typeof word === 'string' ? word : undefined
  })

const tierOf = (format: UpstreamFormat, wordOf: (name: string) => string | undefined): string | undefined => {
  const tier = tierIn(FIELDS[format], wordOf)
  // Anthropic's surcharge for a region comes on top of that for a tier.
  const isUs = format === 'anthropic-messages' && wordOf('inference_geo') === 'us'
  if (!isUs) return tier
  return tier === undefined ? 'us' : `${tier}_us`
}

/** Where clients name the tier that translations read; Anthropic's speed is read by none. */
const WISHES: Readonly<Partial<Record<WireFormat, string>>> = {
  'anthropic-messages': 'service_tier',
  'openai-chat': 'service_tier',
  'openai-responses': 'service_tier',
}

/** A wish that is not for the standard tier, in the word that translations carry. Only Gemini's words have other spellings. */
const wishOf = (from: WireFormat, scan: Scan): string | undefined => {
  const field = WISHES[from]
  if (field !== undefined) return wordAt(scan, field)
  const word = from === 'gemini' ? tierIn(FIELDS.gemini, (name) => wordAt(scan, name)) : undefined
  return word === 'flex' || word === 'priority' ? word : undefined
}

/**
 * The tier that a translation from one format to another may come to send; `sends`: whether the candidate's profile
 * takes tiers at all. Never cheaper than what is sent: it is what a quote is made of.
 */
export const translatedTier = (
  from: WireFormat,
  to: UpstreamFormat,
  sends: () => boolean,
  scan: Scan,
): string | undefined => {
  const wish = wishOf(from, scan)
  const written = wish === undefined ? undefined : WRITTEN[to]?.get(wish)
  return written !== undefined && sends() ? written : undefined
}

/** What formats make of a wish that is not for the standard tier. The rest is left out: Messages has no word for one. */
const OPENAI = [
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['fast', 'fast'],
] as const
const WRITTEN: Readonly<Partial<Record<UpstreamFormat, ReadonlyMap<string, string>>>> = {
  'openai-chat': new Map([...OPENAI, ['ultrafast', 'priority']]),
  'openai-responses': new Map([...OPENAI, ['ultrafast', 'ultrafast']]),
  gemini: new Map([...OPENAI, ['fast', 'priority']]),
}

/** Longer than any vendor's word for a tier. */
const WORD = /^\w{1,40}$/

const tierIn = (fields: readonly string[], wordOf: (name: string) => string | undefined): string | undefined => {
  for (const name of fields) {
    const word = wordOf(name)
    const tier = word !== undefined && WORD.test(word) ? tierNamed(word) : undefined
    if (tier !== undefined) return tier
  }
  return undefined
}

const QUOTE = 0x22
/** Each of forty characters may be written as an escape of six. */
const STRING_BYTES_MAX = 2 + 40 * 6

/** A member's text as every reader of JSON takes it, escapes and all; `undefined` for anything else. */
const wordAt = ({ bytes, members }: Scan, name: string): string | undefined => {
  const member = members.get(name)
  if (!member || bytes[member.valueStart] !== QUOTE) return undefined
  if (member.valueEnd - member.valueStart > STRING_BYTES_MAX) return undefined
  try {
    const word: unknown = JSON.parse(textBetween(bytes, member.valueStart, member.valueEnd))
    return typeof word === 'string' ? word : undefined
  } catch {
    // A bad escape, which is left to the upstream to refuse.
    return undefined
  }
}
