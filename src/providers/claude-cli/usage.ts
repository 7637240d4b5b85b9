import { isRecord } from './blocks.ts'

type Json = Readonly<Record<string, unknown>>

/** Counters of Messages that add up from one message of a run to the next. */
const COUNTERS = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'output_tokens'] as const
const NESTED = {
  cache_creation: ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'],
  output_tokens_details: ['thinking_tokens'],
  server_tool_use: ['web_search_requests', 'web_fetch_requests'],
} as const

/** The counters of a usage that says any: nothing else of it, and nothing made up. */
export const plainUsage = (usage: Json): Json => ({
  ...picked(usage, COUNTERS),
  ...nested((name) => picked(usage[name], NESTED[name])),
})

/** What two messages of one run used. */
export const addUsage = (one: Json, other: Json): Json => ({
  ...added(one, other, COUNTERS),
  ...nested((name) => added(one[name], other[name], NESTED[name])),
})

/** A message's usage at its end: what came later goes over what was said at its start. */
export const mergedUsage = (start: Json, end: Json): Json => ({ ...plainUsage(start), ...plainUsage(end) })

const nested = (read: (name: keyof typeof NESTED) => Json): Json =>
  Object.fromEntries(
    (Object.keys(NESTED) as (keyof typeof NESTED)[]).flatMap((name) => {
      const value = read(name)
      return Object.keys(value).length === 0 ? [] : [[name, value] as const]
    }),
  )

const picked = (from: unknown, names: readonly string[]): Json =>
  Object.fromEntries(
    names.flatMap((name) => (isRecord(from) && typeof from[name] === 'number' ? [[name, from[name]] as const] : [])),
  )

const added = (one: unknown, other: unknown, names: readonly string[]): Json => {
  const [a, b] = [picked(one, names), picked(other, names)]
  const said = names.filter((name) => name in a || name in b)
  return Object.fromEntries(said.map((name) => [name, Number(a[name] ?? 0) + Number(b[name] ?? 0)]))
}
