import type { Conversation, HostedTool } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import { objectOf } from '../json.ts'
import { below } from './pointers.ts'

/**
 * A search of the web that the model may use beside other tools is left out where nobody runs it: agents declare it
 * always. One that was asked for by name, or alone, is what the answer depends on.
 */
export const isDispensable = ({ hosted }: HostedTool, { tools, toolChoice }: Conversation): boolean => {
  const choice = toolChoice?.value
  const functions = tools.filter(({ kind }) => kind !== 'hosted')
  const isFree = choice === undefined || choice.kind === 'auto' || choice.kind === 'none'
  const isElsewhere = choice?.kind === 'tool' && functions.some(({ name }) => name === choice.name)
  return hosted === 'web-search' && functions.length > 0 && (isFree || isElsewhere)
}

/** What a client may say of a search, and where each format's tool says it. */
const LIMITS = {
  allowedDomains: [['allowed_domains'], ['filters', 'allowed_domains']],
  usesMax: [['max_uses']],
  userLocation: [['user_location']],
  contextSize: [['search_context_size']],
} as const satisfies { readonly [Name in keyof HostedTool]?: readonly (readonly string[])[] }
type Limit = keyof typeof LIMITS

/** Declares what was said of a search and is not among what the target has a word for, each field by itself. */
export const declareLimits = (tool: HostedTool, kept: readonly Limit[], losses: Losses): void => {
  for (const limit of ['allowedDomains', 'usesMax', 'userLocation', 'contextSize'] as const)
    if (isSaid(tool[limit]) && !kept.includes(limit)) losses.declare(pointerOf(tool, limit), 'unsupported')
}

/** A list of no domains allows all of them, and a medium context is what nobody asks for. */
const isSaid = (value: HostedTool[Limit]): boolean =>
  value !== undefined && value !== 'medium' && !(Array.isArray(value) && value.length === 0)

const pointerOf = ({ pointer, native }: HostedTool, limit: Limit): string => {
  const said = LIMITS[limit].find(
    (path) => path.reduce<unknown>((value, name) => objectOf(value)[name], native?.value) !== undefined,
  )
  return (said ?? []).reduce<string>(below, pointer)
}
