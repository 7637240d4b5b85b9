import type { Carriers, JsonObject, ParsedRequest } from '../../canon/codec.ts'
import type { Conversation, Settings, Sourced } from '../../canon/conversation.ts'
import { createLosses } from '../../canon/losses.ts'
import type { Operation } from '../../canon/operation.ts'
import type { GatewayError } from '../../errors.ts'
import { type Result, err, ok } from '../../result.ts'
import { createCallBook } from './call-book.ts'
import {
  type Field,
  type Members,
  type Reading,
  createReading,
  leaveOut,
  leaveOutRest,
  membersIn,
  membersOf,
  mistaken,
  objectIn,
  stringIn,
} from './members.ts'
import { type PartContext, detailOf } from './parse-parts.ts'
import { parseSettings } from './parse-settings.ts'
import { parseToolConfig, parseTools } from './parse-tools.ts'
import { parseContents, parseSystem } from './parse-turns.ts'

/** Reads the body of `generateContent`, or of `countTokens`, which may wrap one. Snake case is as good as camel case. */
export const parseRequest = (
  body: JsonObject,
  operation: Operation,
  carriers: Carriers,
): Result<ParsedRequest, GatewayError> => {
  const reading = createReading()
  const members = openBody(reading, body, operation)
  const losses = createLosses()
  const config = members.take('generationConfig')
  const context: PartContext = { reading, carriers, losses, calls: createCallBook(), detail: generalDetail(config) }
  const contents = members.take('contents')
  if (!contents) mistaken(reading, `${members.pointer}/contents`, 'an array of contents, each with its parts')
  const turns = [...parseSystem(context, members.take('systemInstruction')), ...parseContents(context, contents)]
  const toolConfig = parseToolConfig(reading, members.take('toolConfig'))
  const conversation: Conversation = {
    format: 'gemini',
    model: operation.pathModel ?? '',
    stream: operation.pathStream ?? false,
    turns,
    tools: parseTools(reading, members.take('tools'), toolConfig.strict),
    ...(toolConfig.choice && { toolChoice: toolConfig.choice }),
    settings: { ...parseSettings(reading, config), ...readOthers(reading, members) },
    unmapped: reading.unmapped,
    wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
    native: { format: 'gemini', value: body },
  }
  leaveOutRest(reading, members)
  return reading.mistake ? err(reading.mistake) : ok({ conversation, losses: losses.list })
}

const openBody = (reading: Reading, body: JsonObject, { action }: Operation): Members => {
  const outer = membersOf(body, '')
  const wrapper = action === 'count-tokens' ? outer.take('generateContentRequest') : undefined
  const wrapped = objectIn(reading, wrapper)
  const members = wrapped && wrapper ? membersOf(wrapped, wrapper.pointer) : outer
  // The path names the model; what the body says of it is a repetition.
  leaveOut(reading, outer.take('model'), 'ignore')
  if (members !== outer) leaveOutRest(reading, outer)
  leaveOut(reading, members.take('model'), 'ignore')
  return members
}

const generalDetail = (config: Field | undefined): PartContext['detail'] =>
  config && typeof config.value === 'object' && config.value !== null
    ? detailOf(membersOf(config.value as JsonObject, config.pointer).take('mediaResolution')?.value)
    : undefined

const TIERS: Readonly<Record<string, string>> = { standard: 'default', flex: 'flex', priority: 'priority' }

/** The members beside contents, tools and the generation's settings. */
const readOthers = (reading: Reading, members: Members): Settings => {
  // What it holds is known to Google alone, and without it the conversation lacks its beginning.
  leaveOut(reading, members.take('cachedContent'), 'refuse')
  leaveOut(reading, members.take('safetySettings'), 'drop')
  leaveOut(reading, members.take('modelArmorConfig'), 'drop')
  const metadata = readLabels(reading, members.take('labels'))
  const tierField = members.take('serviceTier')
  const word = (stringIn(reading, tierField) ?? '').toLowerCase().replace('service_tier_', '')
  const tier = TIERS[word]
  if (tier === undefined) leaveOut(reading, tierField, word === 'unspecified' || word === '' ? 'ignore' : 'drop')
  return {
    ...(metadata && { metadata }),
    ...(tierField && tier !== undefined && { serviceTier: { value: tier, pointer: tierField.pointer } }),
  }
}

const readLabels = (
  reading: Reading,
  field: Field | undefined,
): Sourced<Readonly<Record<string, string>>> | undefined => {
  const labels = membersIn(reading, field) && objectIn(reading, field)
  if (!labels || !field) return undefined
  if (Object.values(labels).every((label) => typeof label === 'string'))
    return { value: labels as Readonly<Record<string, string>>, pointer: field.pointer }
  return mistaken(reading, field.pointer, 'an object of strings')
}
