import type { JsonObject, RenderedRequest, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { repairTurns } from '../shared/repair.ts'
import { stopsToMeet } from '../shared/stops.ts'
import { declareUnmapped } from '../shared/unmapped.ts'
import { fieldAt } from './reading.ts'
import { chooseMarks } from './render-cache.ts'
import { type ItemWriting, renderItems } from './render-items.ts'
import { renderNative } from './render-native.ts'
import { includes, renderSettings, storage } from './render-settings.ts'
import { renderText } from './render-text.ts'
import { identitiesOf, namesOf, renderTools } from './render-tools.ts'

/** Writes a conversation for a server of Responses. One that came as Responses is written as it came. */
export const renderRequest = (conversation: Conversation, target: Target): Result<RenderedRequest, GatewayError> => {
  const losses = createLosses()
  const rendered =
    conversation.format === 'openai-responses'
      ? { body: renderOwn(conversation, target, losses), tools: new Map() }
      : renderForeign(conversation, target, losses)
  return losses.refusal ? err(losses.refusal) : ok({ ...rendered, losses: losses.list })
}

const renderOwn = (conversation: Conversation, target: Target, losses: Losses): JsonObject => {
  const { profile } = target
  const names = namesOf(conversation.tools, profile)
  // What the request says of storage is not changed, and unless it says otherwise its items are kept.
  const stores = conversation.settings.store?.value ?? true
  return renderNative(conversation, target, { profile, names, losses, marks: new Set(), stores })
}

const RULES = { mergeSameRole: false, startsWithUser: false, dropsEmptyText: false, pairsCalls: true }

const renderForeign = (
  conversation: Conversation,
  { model, profile, stream }: Target,
  losses: Losses,
): Omit<RenderedRequest, 'losses'> => {
  declareUnmapped(conversation, losses, unsendable)
  const names = namesOf(conversation.tools, profile)
  const { fields, instruction, reading } = renderText(conversation, profile, losses)
  const turns = repairTurns(instructed(conversation.turns, instruction), RULES, losses)
  const marks = chooseMarks(conversation.tools, turns, profile, losses)
  const stored = storage(conversation, profile)
  const writing: ItemWriting = { profile, names, losses, marks, stores: stored.store === true }
  const body: JsonObject = {
    model,
    input: renderItems(turns, writing),
    ...renderTools(conversation, { profile, names, losses }),
    ...fields,
    ...renderSettings(conversation, profile, losses),
    ...stored,
    include: includes(conversation),
    ...(stream && { stream: true }),
  }
  return {
    body,
    tools: identitiesOf(conversation.tools, { profile, names }),
    ...reading,
    ...stopsToMeet(conversation.settings, profile, losses),
  }
}

/** An instruction of ours stands after the client's own, where the system prompt ends. */
const instructed = (turns: readonly Turn[], text: string | undefined): readonly Turn[] => {
  if (text === undefined) return turns
  const first = turns.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const instruction: Turn = { role: 'system', blocks: [{ kind: 'text', text }], pointer: '' }
  return turns.toSpliced(first === -1 ? turns.length : first, 0, instruction)
}

const unsendable = (pointer: string): string =>
  `\`${fieldAt(pointer)}\` cannot be translated for a model behind the Responses API, and the answer would not be what you asked for without it. Leave it out, or choose a model of the format you speak.`
