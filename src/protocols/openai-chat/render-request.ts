import type { JsonObject, RenderedRequest, Target } from '../../canon/codec.ts'
import type { Conversation, Settings, Turn } from '../../canon/conversation.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { repairTurns } from '../shared/repair.ts'
import { choicesToAsk } from '../shared/choices.ts'
import { stopsToMeet } from '../shared/stops.ts'
import { declareUnmapped } from '../shared/unmapped.ts'
import { chooseMarks } from './render-cache.ts'
import { renderNative } from './render-native.ts'
import { renderSettings } from './render-settings.ts'
import { renderShape } from './render-shape.ts'
import { namesOf, renderTools } from './render-tools.ts'
import { createTurnRenderer } from './render-turns.ts'

/** Writes a conversation for a server of Chat Completions. One that came as Chat is written as it came. */
export const renderRequest = (conversation: Conversation, target: Target): Result<RenderedRequest, GatewayError> => {
  const losses = createLosses()
  if (conversation.format === 'openai-chat') {
    const body = renderNative(conversation, target, losses)
    return finished(losses, { body, losses: losses.list, tools: new Map() })
  }
  declareUnmapped(conversation, losses, unsendable)
  const { profile } = target
  const names = namesOf(conversation.tools, profile)
  const shape = renderShape(conversation, profile, losses)
  const turns = repairTurns(instructed(conversation.turns, shape.instruction), RULES, losses)
  refusePrefill(turns, profile, losses)
  const marks = chooseMarks(conversation.tools, turns, profile, losses)
  const tools = renderTools(conversation, profile, names, marks, losses)
  const many = choicesToAsk(conversation, profile, losses)
  const renderer = createTurnRenderer({ profile, names, losses, marks })
  const body: JsonObject = {
    model: target.model,
    messages: renderer.render(turns),
    ...tools.fields,
    ...shape.fields,
    ...renderSettings(steered(conversation, profile, losses), profile, losses),
    ...(many.choices !== undefined && { n: many.choices }),
    ...(target.stream && { stream: true, stream_options: { include_usage: true } }),
  }
  return finished(losses, {
    body,
    losses: losses.list,
    tools: tools.identities,
    ...shape.reading,
    ...many,
    ...stopsToMeet(conversation.settings, profile, losses),
  })
}

const finished = (losses: Losses, rendered: RenderedRequest): Result<RenderedRequest, GatewayError> =>
  losses.refusal ? err(losses.refusal) : ok(rendered)

/** A model that calls functions only without thinking is told not to think: the tools are the request, thinking is a wish. */
const steered = ({ settings, tools }: Conversation, profile: Profile, losses: Losses): Settings => {
  const { reasoning } = settings
  const isOff = reasoning ? reasoning.value.mode === 'off' : profile.reasoning.offByDefault
  const calls = tools.some(({ kind }) => kind !== 'hosted')
  if (!profile.tools.onlyWithoutReasoning || !calls || isOff) return settings
  const pointer = reasoning?.pointer ?? '/tools'
  losses.declare(pointer, reasoning ? 'unsupported' : 'added')
  return { ...settings, reasoning: { value: { mode: 'off' }, pointer } }
}

const RULES = { mergeSameRole: false, startsWithUser: false, dropsEmptyText: false, pairsCalls: true }

const refusePrefill = (turns: readonly Turn[], { prefill }: Profile, losses: Losses): void => {
  const last = turns.at(-1)
  if (last?.role !== 'assistant' || prefill) return
  const message = 'This model does not go on with words put into its mouth: end the conversation with a user message.'
  losses.refuse(last.pointer, message)
}

/** An instruction of ours stands after the client's own, where the system prompt ends. */
const instructed = (turns: readonly Turn[], text: string | undefined): readonly Turn[] => {
  if (text === undefined) return turns
  const isSystem = ({ role }: Turn): boolean => role === 'system' || role === 'developer'
  const first = turns.findIndex((turn) => !isSystem(turn))
  const at = first === -1 ? turns.length : first
  const instruction: Turn = { role: 'system', blocks: [{ kind: 'text', text }], pointer: '' }
  return [...turns.slice(0, at), instruction, ...turns.slice(at)]
}

const unsendable = (pointer: string): string =>
  `\`${pointer}\` cannot be translated for a model behind Chat Completions, and the answer would not be what you asked for without it. Leave it out, or choose a model of the format you speak.`
