import { isObject, type Json, listOf, objectOf } from './shapes.ts'

/** How a vendor's server differs from the one whose format it speaks. */
interface Dialect {
  /** Members of its own, anywhere in the body; absent: it passes over those that it does not know. */
  readonly knows?: readonly string[]
  /** What it takes otherwise. */
  readonly takes?: RegExp
  /** What it refuses besides. */
  readonly refuses?: (request: Json) => readonly string[]
}

const words = (line: string): readonly string[] => line.split(' ')

/** Whose formats they are: these are held to every letter. */
const OWNERS: ReadonlySet<string> = new Set(['openai', 'azure', 'anthropic', 'gemini', 'vertex', 'bedrock', 'google'])

const partsNotText = ({ messages }: Json): readonly string[] =>
  listOf(messages).flatMap(({ content }, index) =>
    listOf(content)
      .filter(({ type }) => type !== 'text')
      .map(({ type }) => `/messages/${index}: unknown variant ${String(type)}, expected text`),
  )

const forcedWhileThinking = (request: Json): readonly string[] => {
  const isForced = request.tool_choice === 'required' || isObject(request.tool_choice)
  return isForced && objectOf(request.thinking).type === 'enabled'
    ? ['/tool_choice: Thinking mode does not support this tool_choice']
    : []
}

/** Vendors that check what they are sent, with what each has been seen to take. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  deepseek: {
    knows: words('reasoning_content reasoning thinking index prefix'),
    takes: /^\/input\/\d+\/id is /,
    refuses: (request) => [...partsNotText(request), ...forcedWhileThinking(request)],
  },
  mistral: {
    knows: words('prefix index random_seed safe_prompt prompt_mode output_dimension output_dtype'),
    takes:
      /^\/tool_choice\/type is nothing|^\/tools\/\d+\/type is nothing|\/type is "thinking"|(?:image_url|input_audio) is ".*no object$|(?:content|tool_calls) has 0 members/,
  },
  groq: {
    knows: words('reasoning reasoning_format include_reasoning'),
    takes: /^\/reasoning_effort is "default"|^\/service_tier is "on_demand"/,
  },
  xai: { knows: words('reasoning_content search_parameters'), takes: /^\/input\/\d+\/id is / },
  cerebras: { knows: words('reasoning clear_thinking') },
  perplexity: {
    knows: words('search_context_size'),
    takes: /^\/response_format\/json_schema\/name is nothing|\/type is "file_url"/,
  },
  zai: { knows: words('reasoning_content thinking') },
  avian: { knows: words('reasoning_content') },
}

/** Servers of open models, and gateways in front of many vendors: they check little, and have kinds of their own. */
const LENIENT: Dialect = {
  takes:
    /is not supported in a constrained answer$|additionalProperties must be false$|is longer than 40$|^\/input\/\d+\/id is |^\/tools\/\d+\/type is "\w+:|^\/tools has 0 members|\/type is "image_url", none of text$|\/file_data is "https?:|^\/(?:response_format|tool_choice)\/type is nothing|^\/tool_choice without|^\/max_output_tokens is /,
}

const dialectOf = (vendor: string | undefined): Dialect | undefined =>
  vendor === undefined || OWNERS.has(vendor) ? undefined : (DIALECTS[vendor] ?? LENIENT)

/** Whether this vendor takes what the owner of the format would refuse. */
export const isOfDialect = (vendor: string | undefined, fault: string): boolean => {
  const dialect = dialectOf(vendor)
  if (!dialect) return false
  const { knows, takes } = dialect
  if (takes?.test(fault)) return true
  return knows ? knows.some((name) => fault.endsWith(`/${name} is not known`)) : fault.endsWith(' is not known')
}

/** What this vendor refuses though the owner of the format would take it. */
export const refusedByDialect = (vendor: string | undefined, request: unknown): readonly string[] =>
  dialectOf(vendor)?.refuses?.(objectOf(request)) ?? []

/** Other vendors than the owners read `null` as nothing, but where it is a content. */
export const asReadBy = (vendor: string | undefined, value: unknown): unknown =>
  dialectOf(vendor) ? withoutNulls(value) : value

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const said = Object.entries(value).filter(([name, member]) => member !== null || name === 'content')
  return Object.fromEntries(said.map(([name, member]) => [name, withoutNulls(member)]))
}
