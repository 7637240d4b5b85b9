import { hash } from 'node:crypto'
import type { Block, MediaBlock } from '../../../src/canon/blocks.ts'
import type { RenderedRequest, ToolIdentity } from '../../../src/canon/codec.ts'
import type { Conversation, Settings, Tool, Turn } from '../../../src/canon/conversation.ts'
import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import type { Profile } from '../../../src/canon/profile.ts'

/** Something the client said that the upstream is not told, or is told otherwise. */
export interface Difference {
  /** Where it stood; said in several places alike, any of them. */
  readonly pointers: readonly string[]
  readonly what: string
}

/** What is said at one place of a conversation, comparable across formats. */
interface Token {
  readonly kind: 'text' | 'call' | 'result' | 'media' | 'reasoning' | 'vendor'
  readonly role: string
  readonly value: string
  readonly pointer: string
  /** Which call it is the result of. */
  readonly call: number
}

type Identities = ReadonlyMap<string, ToolIdentity>

/** Compares what a client said with what its upstream was told, both read by the parsers of their formats. */
export const differencesOf = (
  said: Conversation,
  told: Conversation,
  rendered: RenderedRequest,
  isDeclared: (pointer: string) => boolean,
  profile: Profile,
): readonly Difference[] => [
  ...differingTurns(said, told, rendered.tools, isDeclared),
  ...differingTools(said, told, rendered),
  ...differingSettings(said, told, profile),
]

const differingTurns = (
  said: Conversation,
  told: Conversation,
  tools: Identities,
  isDeclared: (pointer: string) => boolean,
): readonly Difference[] => {
  const spoken = tokensOf(said.turns, new Map())
  const heard = tokensOf(told.turns, tools)
  const missing: Token[] = []
  let at = 0
  let within = 0
  for (const token of spoken) {
    // What is declared to be elsewhere, or nowhere, says nothing of where the others are.
    if (isDeclared(token.pointer)) continue
    // A message of Chat has one text for all that was thought in it, before everything else.
    if (token.kind === 'reasoning') {
      if (!heard.some(({ kind, value }) => kind === 'reasoning' && value.includes(token.value))) missing.push(token)
      continue
    }
    const found = find(heard, token, at, within)
    if (found) [at, within] = found
    else missing.push(token)
  }
  // Of the same said twice, either may be the one that is told.
  const same = ({ kind, role, value }: Token): readonly string[] =>
    spoken.filter((one) => one.kind === kind && one.role === role && one.value === value).map(({ pointer }) => pointer)
  return missing.map((token) => ({
    pointers: same(token),
    what: `${token.role} ${token.kind} ${token.value.slice(0, 80)}`,
  }))
}

/** The place after a token, at or behind a place; texts may stand within longer ones. */
const find = (heard: readonly Token[], token: Token, from: number, within: number): [number, number] | undefined => {
  for (let at = from; at < heard.length; at += 1) {
    const other = heard[at]
    if (!other || other.kind !== token.kind || other.role !== token.role) continue
    if (token.kind !== 'text' && token.kind !== 'result') {
      if (other.value === token.value && (at > from || within === 0)) return [at + 1, 0]
      continue
    }
    const start = other.value.indexOf(token.value, at === from ? within : 0)
    if (start !== -1) return [at, start + token.value.length]
  }
  return undefined
}

const tokensOf = (turns: readonly Turn[], tools: Identities): readonly Token[] => {
  const calls = new Map<string, number>()
  return inCallOrder(turns.flatMap((turn) => turn.blocks.flatMap((block) => tokensOfBlock(block, turn, tools, calls))))
}

/** The results of one step stand in any order. */
const inCallOrder = (tokens: readonly Token[]): readonly Token[] => {
  const sorted: Token[] = []
  let run: Token[] = []
  for (const token of [...tokens, undefined]) {
    if (token && (token.kind === 'result' || token.role === 'tool')) run.push(token)
    else {
      sorted.push(...run.toSorted((one, other) => one.call - other.call))
      run = []
      if (token) sorted.push(token)
    }
  }
  return sorted
}

const tokensOfBlock = (block: Block, turn: Turn, tools: Identities, calls: Map<string, number>): readonly Token[] => {
  const pointer = block.pointer ?? turn.pointer
  const role = turn.role === 'developer' ? 'system' : turn.role
  const call = block.kind === 'tool-result' ? (calls.get(block.callId) ?? -1) : -1
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return block.text === '' ? [] : [{ kind: 'text', role, value: block.text, pointer, call }]
    case 'media':
      return [{ kind: 'media', role, value: mediaOf(block), pointer, call }]
    case 'reasoning':
      return [{ kind: 'reasoning', role, value: block.text, pointer, call }]
    case 'vendor':
      return [{ kind: 'vendor', role, value: block.type, pointer, call }]
    case 'tool-call': {
      calls.set(block.id, calls.size)
      const identity = tools.get(block.name)
      const name = identity ? `${identity.namespace ?? ''}/${identity.name}` : `${block.namespace ?? ''}/${block.name}`
      const given = identity?.wrapped
        ? unwrapped(block.arguments)
        : block.form === 'custom'
          ? block.arguments
          : compact(block.arguments)
      return [{ kind: 'call', role, value: `${calls.get(block.id)} ${name} ${given}`, pointer, call }]
    }
    case 'tool-result': {
      const text = block.content.map((part) => (part.kind === 'text' ? part.text : '')).join('')
      const media = block.content.flatMap((part): readonly Token[] =>
        part.kind === 'media'
          ? [{ kind: 'media', role: 'tool', value: mediaOf(part), pointer: part.pointer ?? pointer, call }]
          : [],
      )
      const owner = `result of ${call}${block.isError ? ' as an error' : ''}`
      return [{ kind: 'result', role: owner, value: text, pointer, call }, ...media]
    }
  }
}

const mediaOf = ({ media, source }: MediaBlock): string =>
  `${media} ${source.kind === 'base64' || source.kind === 'text' ? ('data' in source ? source.data : source.text) : source.kind === 'url' ? source.url : source.id}`

const compact = (text: string): string => {
  try {
    return writeJson(readJson(text === '' ? '{}' : text))
  } catch {
    return text
  }
}

const unwrapped = (text: string): string => {
  const { input } = JSON.parse(text) as { input: string }
  return input
}

const differingTools = (
  said: Conversation,
  told: Conversation,
  { tools, answerTool }: RenderedRequest,
): readonly Difference[] => {
  const found: Difference[] = []
  const rest = new Map(told.tools.map((tool) => [nameOf(tool, tools), tool]))
  for (const tool of said.tools) {
    const name = tool.kind === 'hosted' ? tool.hosted : `${tool.namespace ?? ''}/${tool.name}`
    const other = rest.get(name)
    const compare = (what: string, one: unknown, another: unknown): void => {
      if (writeJson(one ?? null) !== writeJson(another ?? null))
        found.push({
          pointers: [tool.pointer],
          what: `tool ${name}: ${what} ${writeJson(one)} became ${writeJson(another)}`,
        })
    }
    if (!other && said.toolChoice?.value.kind === 'allowed') {
      // A choice among some can be told by leaving out the others.
      if (!said.toolChoice.value.names.includes(tool.name)) continue
    }
    if (!other) {
      found.push({ pointers: [tool.pointer], what: `tool ${name} is missing` })
      continue
    }
    rest.delete(name)
    compare('description', tool.description, other.description)
    if (tool.kind === 'function' && other.kind === 'function') {
      compare('schema', plainSchema(tool.schema), plainSchema(other.schema))
      // Where strictness is a matter of the choice among all tools, more of it is no loss.
      if (tool.strict === true) compare('strict', tool.strict ?? false, other.strict ?? false)
    } else compare('kind', tool.kind, other.kind)
  }
  for (const name of rest.keys())
    if (name !== `/${answerTool}`) found.push({ pointers: ['/tools'], what: `tool ${name} was added` })
  return found
}

const nameOf = (tool: Tool, tools: Identities): string => {
  if (tool.kind === 'hosted') return tool.hosted
  const identity = tools.get(tool.name)
  return identity ? `${identity.namespace ?? ''}/${identity.name}` : `${tool.namespace ?? ''}/${tool.name}`
}

/** Remarks that change nothing about what matches, and other ways of saying the same. */
const plainSchema = (schema: unknown, isRoot = true): unknown => {
  if (Array.isArray(schema)) return schema.map((member) => plainSchema(member, false))
  if (typeof schema !== 'object' || schema === null) return isRoot ? { properties: {}, type: 'object' } : schema
  const entries = Object.entries(schema).filter(([keyword]) => !['$schema', 'propertyOrdering'].includes(keyword))
  const sorted = entries.map(([keyword, value]): [string, unknown] => [keyword, plainSchema(value, false)])
  return Object.fromEntries(sorted.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** Settings that are said where nothing was, because that is what happens anyway. */
const SAID_ANYWAY: Readonly<Partial<Record<keyof Settings, (value: unknown) => boolean>>> = {
  store: (value) => value === false,
  shape: (value) => (value as { kind: string }).kind === 'text',
  choices: (value) => value === 1,
}
/** Left out where it says what happens anyway. */
const NEED_NOT_BE_SAID: Readonly<Partial<Record<keyof Settings, (value: unknown) => boolean>>> = {
  ...SAID_ANYWAY,
  frequencyPenalty: (value) => value === 0,
  presencePenalty: (value) => value === 0,
  temperature: (value) => value === 1,
  topP: (value) => value === 1,
  serviceTier: (value) => value === 'auto',
  stop: (value) => (value as readonly string[]).length === 0,
  metadata: (value) => Object.keys(value as object).length === 0,
}

/** Losses declared of settings that the upstream is told just as the client said them. */
export const spurious = (said: Conversation, told: Conversation, pointers: readonly string[]): readonly string[] =>
  (Object.keys(said.settings) as (keyof Settings)[]).flatMap((name) => {
    const one = said.settings[name]
    const other = told.settings[name]
    const isTold = one && other && writeJson(one.value) === writeJson(other.value)
    return isTold && pointers.includes(one.pointer) ? [`${one.pointer}: ${name} ${writeJson(one.value)}`] : []
  })

const differingSettings = (said: Conversation, told: Conversation, profile: Profile): readonly Difference[] => {
  const found: Difference[] = []
  const names = new Set([...Object.keys(said.settings), ...Object.keys(told.settings)]) as Set<keyof Settings>
  for (const name of names) {
    const one = said.settings[name]
    const other = told.settings[name]
    if (!one && other) {
      // A limit that the model has anyway is none.
      const isOwnLimit = name === 'outputTokensMax' && other.value === profile.outputTokensMax
      if (!isOwnLimit && !SAID_ANYWAY[name]?.(other.value))
        found.push({ pointers: [''], what: `${name} was added: ${writeJson(other.value)}` })
    } else if (one && !other) {
      if (!NEED_NOT_BE_SAID[name]?.(one.value) && !isDefaultThinking(name, one.value, profile))
        found.push({ pointers: [one.pointer], what: `${name} is missing: ${writeJson(one.value)}` })
    } else if (
      one &&
      other &&
      settingOf(name, one.value) !== settingOf(name, other.value) &&
      !isBudgetOf(name, one.value, other.value)
    )
      found.push({ pointers: [one.pointer], what: `${name}: ${writeJson(one.value)} became ${writeJson(other.value)}` })
  }
  found.push(...differingChoice(said, told))
  return found
}

/** To think as much as it sees fit, or not at all, may be what a model does that nothing is said to. */
const isDefaultThinking = (name: keyof Settings, value: unknown, { reasoning }: Profile): boolean => {
  const { mode, effort } = value as { mode?: string; effort?: string }
  if (name !== 'reasoning') return false
  return mode === 'off' ? reasoning.offByDefault === true : mode === 'adaptive' && effort === undefined
}

/** A degree of thinking may be told as a budget of tokens: the one is made of the other. */
const isBudgetOf = (name: keyof Settings, one: unknown, other: unknown): boolean =>
  name === 'reasoning' &&
  (one as { effort?: string }).effort !== undefined &&
  (other as { mode: string }).mode === 'budget'

const settingOf = (name: keyof Settings, value: unknown): string => {
  if (name === 'shape') {
    const { kind, schema } = value as { kind: string; schema?: unknown }
    return writeJson([kind, plainSchema(schema)])
  }
  // An id of an end user may be told as its hash.
  if (name === 'user') return String(value).length === 64 ? String(value) : hash('sha256', String(value), 'hex')
  if (name === 'reasoning') {
    const { mode, effort, budgetTokens } = value as { mode: string; effort?: string; budgetTokens?: number }
    return mode === 'adaptive' || mode === 'effort' ? `think ${effort}` : writeJson([mode, budgetTokens])
  }
  return writeJson(value)
}

const differingChoice = (said: Conversation, told: Conversation): readonly Difference[] => {
  const found: Difference[] = []
  const [one, other] = [said.toolChoice, told.toolChoice]
  const kind = one?.value.kind ?? 'auto'
  const toldKind = other?.value.kind ?? 'auto'
  const isSame = kind === toldKind || (kind === 'allowed' && toldKind === 'tool')
  if (!isSame && said.tools.length > 0)
    found.push({ pointers: [one?.pointer ?? '/tool_choice'], what: `tool choice ${kind} became ${toldKind}` })
  if (
    said.parallelTools?.value === false &&
    told.parallelTools?.value !== false &&
    kind !== 'none' &&
    said.tools.length > 0
  )
    found.push({ pointers: [said.parallelTools.pointer], what: 'parallel calls became allowed' })
  return found
}
