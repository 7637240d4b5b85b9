import type { WireFormat } from '../canon/operation.ts'
import type { Scan } from '../canon/scan.ts'

/**
 * What a declared tool means for a bill. `own`: the client runs it. The vendor runs the others: `search` finds pages of
 * the web, `image` asks a model for images, `files` and `code` have a fee of their own and bring input that is not in the
 * body, `reads` only brings input; for `unpriced` there is a fee that no answer tells.
 */
export type ToolKind = 'own' | 'search' | 'image' | 'files' | 'code' | 'reads' | 'unpriced'

/** By a tool's type, or by how it begins (`…*`); of Gemini's, by its member. A tool that is not listed `reads`. */
type Table = Readonly<Record<string, ToolKind>>

/** OpenAI's, xAI's among them: developers.openai.com/api/docs/guides/tools. */
const RESPONSES: Table = {
  function: 'own',
  custom: 'own',
  namespace: 'own',
  local_shell: 'own',
  shell: 'own',
  apply_patch: 'own',
  'computer*': 'own',
  // It only finds tools that are declared in the body, or that the client has.
  tool_search: 'own',
  'web_search*': 'search',
  x_search: 'search',
  image_generation: 'image',
  file_search: 'files',
  code_interpreter: 'code',
}
const CHAT: Table = {
  function: 'own',
  custom: 'own',
  // Moonshot's: the client sends back what it was sent.
  builtin_function: 'own',
  'web_search*': 'search',
}
/** Anthropic's, by their dated types. Those whose schema Anthropic knows are run by the client all the same. */
const MESSAGES: Table = {
  custom: 'own',
  'bash_*': 'own',
  'text_editor_*': 'own',
  'computer_*': 'own',
  'memory_*': 'own',
  'tool_search_tool_*': 'own',
  'web_search_*': 'search',
}
/** ai.google.dev/gemini-api/docs/tools, and Vertex. Grounding in stored data has a fee, and no answer tells how often. */
const GEMINI: Table = {
  functionDeclarations: 'own',
  computerUse: 'own',
  googleSearch: 'search',
  googleSearchRetrieval: 'search',
  enterpriseWebSearch: 'search',
  googleMaps: 'search',
  retrieval: 'unpriced',
}

const TABLES: Readonly<Partial<Record<WireFormat, Table>>> = {
  'openai-responses': RESPONSES,
  'openai-chat': CHAT,
  'openai-completions': CHAT,
  'anthropic-messages': MESSAGES,
  gemini: GEMINI,
}

/** Members of a body, beside its tools, by which a provider brings input or is told to search. */
type Beside = readonly (readonly [string, ToolKind])[]
const BESIDE: Readonly<Partial<Record<WireFormat, Beside>>> = {
  'anthropic-messages': [['mcp_servers', 'reads']],
  // Azure's own data, OpenRouter's plugins, Cohere's connectors.
  'openai-chat': [
    ['web_search_options', 'search'],
    ['data_sources', 'reads'],
    ['plugins', 'reads'],
    ['connectors', 'reads'],
  ],
}

const NONE: ReadonlySet<ToolKind> = new Set()
const OWN: ReadonlySet<ToolKind> = new Set(['own'])

/** The kinds of tools that a body of this format declares. Most declare their own functions and nothing else. */
export const toolKinds = (scan: Scan, format: WireFormat): ReadonlySet<ToolKind> => {
  const besides = BESIDE[format]
  const named = besides === undefined ? NO_KINDS : beside(scan, besides)
  if (!scan.tools && named.length === 0) return NONE
  const kinds = declared(scan, format)
  if (named.length === 0 && kinds.every((kind) => kind === 'own')) return kinds.length === 0 ? NONE : OWN
  return new Set([...kinds, ...named])
}

const NO_KINDS: readonly ToolKind[] = []

/** Whether the provider may bring input for this request that is not in its body: each can fill a window. */
export const bringsInput = (kinds: ReadonlySet<ToolKind>): boolean =>
  kinds.has('reads') || kinds.has('files') || kinds.has('code')

const declared = ({ tools }: Scan, format: WireFormat): readonly ToolKind[] => {
  const table = TABLES[format]
  if (!tools || !table) return []
  if (format === 'gemini') return [...tools.members].map((name) => kindOf(table, camelCase(name)))
  const kinds = [...tools.types].map((type) => kindOf(table, type))
  // A shell with an environment may be a container of OpenAI's.
  const isHostedShell = format === 'openai-responses' && tools.types.has('shell') && tools.members.has('environment')
  return isHostedShell ? [...kinds, 'code'] : kinds
}

const kindOf = (table: Table, word: string): ToolKind => {
  if (Object.hasOwn(table, word)) return table[word] ?? 'reads'
  const beginning = Object.keys(table).find((name) => name.endsWith('*') && word.startsWith(name.slice(0, -1)))
  return table[beginning ?? ''] ?? 'reads'
}

/** Google takes names in either spelling. */
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const beside = ({ bytes, members }: Scan, named: Beside): readonly ToolKind[] => {
  let kinds = NO_KINDS
  for (const [name, kind] of named) {
    const member = members.get(name)
    // `null`, `[]` and `{}` say nothing.
    if (!member || member.valueEnd - member.valueStart <= 2 || bytes[member.valueStart] === LETTER_N) continue
    kinds = [...kinds, kind]
  }
  return kinds
}

const LETTER_N = 0x6e
