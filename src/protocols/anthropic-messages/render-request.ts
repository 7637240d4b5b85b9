import type { RenderedRequest, Target } from '../../canon/codec.ts'
import type { Conversation } from '../../canon/conversation.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { sentNames } from '../shared/tool-names.ts'
import { stopsToMeet } from '../shared/stops.ts'
import { declareUnmapped } from '../shared/unmapped.ts'
import { dotted } from './fields.ts'
import { createMarks, type Draft } from './marks.ts'
import type { Writing } from './render-blocks.ts'
import { lacksThinking, renderNative } from './render-native.ts'
import { outputLimit, renderSettings } from './render-settings.ts'
import { ANSWER_TOOL, renderShape } from './render-shape.ts'
import { decideThinking, type Thinking } from './render-thinking.ts'
import { isForced, renderToolChoice, renderTools } from './render-tools.ts'
import { type Message, renderTurns } from './render-turns.ts'

/** Writes a request to the Messages API. The same conversation, and the beginning of a longer one, read the same. */
export const renderRequest = (conversation: Conversation, target: Target): Result<RenderedRequest, GatewayError> => {
  const losses = createLosses()
  const rendered: Omit<RenderedRequest, 'losses'> =
    conversation.format === 'anthropic-messages'
      ? { body: renderNative(conversation, target, losses), tools: new Map() }
      : renderForeign(conversation, target, losses)
  return losses.refusal ? err(losses.refusal) : ok({ ...rendered, losses: losses.list })
}

/** The same for what no Messages client wrote, or what is only a step to a format that is much alike. */
export const renderForeign = (
  conversation: Conversation,
  target: Target,
  losses: Losses,
): Omit<RenderedRequest, 'losses'> => {
  const { profile } = target
  const { settings } = conversation
  declareUnmapped(conversation, losses, unsendable)
  const writing = writingOf(conversation, target, losses)
  const { tools, identities } = renderTools(conversation, writing)
  const { system, messages } = renderTurns(conversation.turns, writing)
  const known = tools.length > 0 ? tools : toolsOf(messages, losses)
  const limit = outputLimit(settings, { profile, losses })
  const thinking = decideThinking({
    wish: settings.reasoning,
    profile,
    losses,
    outputTokensMax: limit,
    forced:
      isForced(conversation.toolChoice?.value) && profile.tools.choice === 'all'
        ? conversation.toolChoice?.pointer
        : undefined,
    unfit: lacksThinking(messages) || messages.at(-1)?.role === 'assistant',
  })
  const mayForce = known.length === 0 && mayForceTool(target, thinking)
  const { format, tool, instruction, emulates } = renderShape({ shape: settings.shape, profile, losses, mayForce })
  const choice = tool
    ? { type: 'tool', name: ANSWER_TOOL, disable_parallel_tool_use: true }
    : known === tools || known.length === 0
      ? renderToolChoice(conversation, writing, thinking.freesChoice)
      : { type: 'none' }
  const offered = tool ? [tool] : known
  const prompt = instruction === undefined ? system : [...system, { type: 'text', text: instruction }]
  const output = {
    ...(thinking.effort !== undefined && { effort: thinking.effort }),
    ...(format && { format }),
  }
  const body: Draft = {
    model: target.model,
    max_tokens: limit,
    ...(prompt.length > 0 && { system: prompt }),
    messages,
    ...(offered.length > 0 && { tools: offered }),
    ...(choice && { tool_choice: choice }),
    ...(thinking.thinking && { thinking: thinking.thinking }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...renderSettings(settings, { profile, losses, thinks: thinking.isOn }),
    ...(target.stream && { stream: true }),
  }
  if (settings.cache) writing.marks.put(body, { cache: { ...settings.cache.value, pointer: settings.cache.pointer } })
  writing.marks.settle(body)
  return {
    body,
    tools: identities,
    ...(tool && { answerTool: ANSWER_TOOL }),
    ...(emulates && { emulates }),
    ...stopsToMeet(settings, profile, losses),
  }
}

const writingOf = ({ tools }: Conversation, { profile }: Target, losses: Losses): Writing => {
  const rules = { lengthMax: profile.tools.nameLengthMax, allowsDots: profile.tools.nameAllowsDots }
  const named = tools.filter(({ kind }) => kind !== 'hosted')
  return { profile, losses, marks: createMarks(profile, losses), names: sentNames(named, rules) }
}

/** Calls in the history are refused where no tool is declared at all, so those that were called are. */
const toolsOf = (messages: readonly Message[], losses: Losses): readonly Draft[] => {
  const blocks = messages.flatMap(({ content }) => content)
  const names = new Set(blocks.flatMap(({ type, name }) => (type === 'tool_use' ? [name] : [])))
  if (names.size === 0) return []
  losses.declare('/tools', 'added')
  return [...names].map((name) => ({ name, input_schema: { type: 'object' } }))
}

/** A tool can be forced only on a model that surely does not think. */
const mayForceTool = ({ profile }: Target, { isOn, thinking }: Thinking): boolean => {
  const { style, limitsToolChoice, offByDefault } = profile.reasoning
  const quiet = thinking !== undefined ? !isOn : style === 'none' || style === 'budget' || offByDefault === true
  return profile.tools.functions && profile.tools.choice === 'all' && (!limitsToolChoice || quiet)
}

const unsendable = (pointer: string): string =>
  `${dotted(pointer)} cannot be sent to this model, and the answer would not be what you asked for without it. Leave it out, or choose another model.`
