import type { JsonObject } from '../../canon/codec.ts'
import type { Effort, ReasoningWish, Sourced } from '../../canon/conversation.ts'
import { isAbsent, type Reader } from './reader.ts'

/** OpenAI's field, and those of compatible vendors: DeepSeek and GLM, OpenRouter, Qwen. */
export const REASONING_FIELDS = [
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'include_reasoning',
] as const

const EFFORTS: ReadonlySet<string> = new Set(['minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/** What the client wants of reasoning. Being told not to think wins over any degree of it. */
export const parseReasoningWish = (reader: Reader, body: JsonObject): Sourced<ReasoningWish> | undefined => {
  const said = [
    ofEffort(reader, body.reasoning_effort, '/reasoning_effort'),
    ofRouter(reader, body.reasoning, '/reasoning'),
    ofThinking(reader, body.thinking, '/thinking'),
    ofSwitch(reader, body),
  ].filter((wish) => wish !== undefined)
  const first = said.find(({ value }) => value.mode === 'off') ?? said.find(hasDegree) ?? said[0]
  const visible = visibility(reader, body, first !== undefined)
  if (!first) return undefined
  return { pointer: first.pointer, value: { ...first.value, ...(visible !== undefined && { visible }) } }
}

const hasDegree = ({ value }: Sourced<ReasoningWish>): boolean => value.mode === 'effort' || value.mode === 'budget'

type Found = Sourced<ReasoningWish> | undefined

const ofEffort = (reader: Reader, value: unknown, pointer: string): Found => {
  const effort = reader.text(value, pointer)
  if (effort === undefined) return undefined
  if (effort === 'none') return { pointer, value: { mode: 'off' } }
  if (EFFORTS.has(effort)) return { pointer, value: { mode: 'effort', effort: effort as Effort } }
  reader.leave(pointer, 'drop')
  return undefined
}

const ofBudget = (reader: Reader, value: unknown, pointer: string): Found => {
  const budgetTokens = reader.number(value, pointer)
  if (budgetTokens === undefined) return undefined
  return { pointer, value: budgetTokens > 0 ? { mode: 'budget', budgetTokens } : { mode: 'off' } }
}

const ofRouter = (reader: Reader, value: unknown, pointer: string): Found => {
  const wish = reader.object(value, pointer)
  if (!wish) return undefined
  reader.leaveOthers(wish, new Set(['effort', 'max_tokens', 'enabled', 'exclude']), pointer)
  const enabled = reader.flag(wish.enabled, `${pointer}/enabled`)
  if (enabled === false) return { pointer, value: { mode: 'off' } }
  return (
    ofEffort(reader, wish.effort, `${pointer}/effort`) ??
    ofBudget(reader, wish.max_tokens, `${pointer}/max_tokens`) ??
    (enabled ? { pointer, value: { mode: 'adaptive' } } : undefined)
  )
}

const ofThinking = (reader: Reader, value: unknown, pointer: string): Found => {
  const thinking = reader.object(value, pointer)
  if (!thinking) return undefined
  reader.leaveOthers(thinking, new Set(['type', 'budget_tokens']), pointer)
  const type = reader.text(thinking.type, `${pointer}/type`)
  if (type === 'disabled') return { pointer, value: { mode: 'off' } }
  const budget = ofBudget(reader, thinking.budget_tokens, `${pointer}/budget_tokens`)
  return budget ?? { pointer, value: { mode: 'adaptive' } }
}

const ofSwitch = (reader: Reader, body: JsonObject): Found => {
  const enabled = reader.flag(body.enable_thinking, '/enable_thinking')
  if (enabled === false) return { pointer: '/enable_thinking', value: { mode: 'off' } }
  const budget = ofBudget(reader, body.thinking_budget, '/thinking_budget')
  return budget ?? (enabled ? { pointer: '/enable_thinking', value: { mode: 'adaptive' } } : undefined)
}

/** Whether the reasoning is to be shown; without a wish to think at all there is no place to say so. */
const visibility = (reader: Reader, body: JsonObject, wished: boolean): boolean | undefined => {
  const router = isAbsent(body.reasoning) ? undefined : reader.object(body.reasoning, '/reasoning')
  const excluded = reader.flag(router?.exclude, '/reasoning/exclude')
  const included = reader.flag(body.include_reasoning, '/include_reasoning')
  if (!wished && excluded) reader.leave('/reasoning/exclude', 'drop')
  if (!wished && included !== undefined) reader.leave('/include_reasoning', 'drop')
  return excluded === undefined ? included : !excluded
}
