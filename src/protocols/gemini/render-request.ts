import type { JsonObject, RenderedRequest, Target, ToolIdentity } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import { createLosses } from '../../canon/losses.ts'
import type { GatewayError } from '../../errors.ts'
import { type Result, err, ok } from '../../result.ts'
import { spokenTurns } from '../shared/spoken-turns.ts'
import { sentNames } from '../shared/tool-names.ts'
import { choicesToAsk } from '../shared/choices.ts'
import { stopsToMeet } from '../shared/stops.ts'
import { declareUnmapped } from '../shared/unmapped.ts'
import { renderNative } from './render-native.ts'
import type { Writing } from './render-parts.ts'
import { emulatedShape, instructionFor, renderSettings } from './render-settings.ts'
import { renderToolConfig, renderTools } from './render-tools.ts'
import { renderContents, renderSystem } from './render-turns.ts'

const NOTHING: ReadonlyMap<string, ToolIdentity> = new Map()

/** Writes a conversation as the body of `generateContent`; the model and the streaming are in the path. */
export const renderRequest = (conversation: Conversation, target: Target): Result<RenderedRequest, GatewayError> => {
  const losses = createLosses()
  if (conversation.format === 'gemini') {
    const body = renderNative(conversation, target, losses)
    return losses.refusal ? err(losses.refusal) : ok({ body, losses: losses.list, tools: NOTHING })
  }
  const { nameLengthMax, nameAllowsDots } = target.profile.tools
  const names = sentNames(
    conversation.tools.filter(({ kind }) => kind !== 'hosted'),
    { lengthMax: nameLengthMax, allowsDots: nameAllowsDots },
  )
  const writing: Writing = { profile: target.profile, losses, names }
  const { tools, identities, isMixed } = renderTools(conversation, writing)
  const { system, rest } = splitSystem(spokenTurns(conversation.turns))
  const emulates = emulatedShape(conversation.settings.shape, target.profile)
  const systemParts = [...renderSystem(system, writing), ...(emulates ? [instructionFor(emulates)] : [])]
  const contents = renderContents(rest, writing)
  const toolConfig = renderToolConfig(conversation, isMixed, writing)
  const { generationConfig: settings, ...others } = renderSettings(conversation, writing)
  const many = choicesToAsk(conversation, target.profile, losses)
  const generationConfig = { ...settings, ...(many.choices !== undefined && { candidateCount: many.choices }) }
  declareUnmapped(conversation, losses, unsendable)
  const request: JsonObject = {
    contents,
    ...(systemParts.length > 0 && { systemInstruction: { parts: systemParts } }),
    ...(tools.length > 0 && { tools }),
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...others,
  }
  // Google counts system prompt and tools only of a whole request, which must name its model.
  const isCount = target.action === 'count-tokens'
  const body = isCount ? { generateContentRequest: { model: `models/${target.model}`, ...request } } : request
  const stops = stopsToMeet(conversation.settings, target.profile, losses)
  const reading = { ...(emulates && { emulates }), ...stops, ...many }
  return losses.refusal ? err(losses.refusal) : ok({ body, losses: losses.list, tools: identities, ...reading })
}

/** Those before the first other turn are the system prompt; later ones stay where they are. */
const splitSystem = (turns: readonly Turn[]): { readonly system: readonly Turn[]; readonly rest: readonly Turn[] } => {
  const first = turns.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const at = first === -1 ? turns.length : first
  return { system: turns.slice(0, at), rest: turns.slice(at) }
}

const unsendable = (pointer: string): string =>
  `The field at ${pointer} has no equivalent in Gemini's API, and the answer would be another without it. Leave it out, or choose a model whose provider speaks the format of your request.`
