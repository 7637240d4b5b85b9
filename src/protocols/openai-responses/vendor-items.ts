import type { JsonObject } from '../../canon/codec.ts'
import type { Role } from '../../canon/conversation.ts'
import { objectOf, objectsOf, textOf } from '../json.ts'

/** Items that only OpenAI understands: what of them is lost elsewhere, and whose words they stand among. */
const VENDOR_ITEMS = {
  file_search_call: 'left-out',
  web_search_call: 'left-out',
  image_generation_call: 'left-out',
  code_interpreter_call: 'left-out',
  tool_search_call: 'left-out',
  tool_search_output: 'left-out',
  additional_tools: 'left-out',
  computer_call: 'refused',
  computer_call_output: 'refused',
  compaction: 'refused',
  compaction_trigger: 'refused',
  mcp_list_tools: 'refused',
  mcp_approval_request: 'refused',
  mcp_approval_response: 'refused',
  mcp_call: 'refused',
  program: 'refused',
  program_output: 'refused',
} as const satisfies Record<string, 'left-out' | 'refused'>

export const isVendorItem = (type: string): type is keyof typeof VENDOR_ITEMS => Object.hasOwn(VENDOR_ITEMS, type)

/** Items that stand for what the model must know or do; without them it would answer something else. */
export const isRefusedElsewhere = (type: string): boolean => isVendorItem(type) && VENDOR_ITEMS[type] === 'refused'

/** Items a client writes; the others were put out by the model or its servers. */
const CLIENTS_ITEMS = new Set(['computer_call_output', 'mcp_approval_response', 'compaction_trigger'])

export const roleOfVendorItem = ({ type, execution, role }: JsonObject): Role => {
  if (type === 'additional_tools') return role === 'system' ? 'system' : 'developer'
  if (type === 'tool_search_output') return execution === 'client' ? 'user' : 'assistant'
  return CLIENTS_ITEMS.has(textOf(type)) ? 'user' : 'assistant'
}

/** What of such an item a person could read; empty where there is nothing. */
export const readable = (item: JsonObject): string => {
  switch (item.type) {
    case 'web_search_call': {
      const { query, url } = objectOf(item.action)
      return textOf(query) || textOf(url)
    }
    case 'file_search_call':
      return lines(objectsOf(item.results).map(({ filename, text }) => lines([textOf(filename), textOf(text)])))
    case 'code_interpreter_call':
      return lines([textOf(item.code), ...objectsOf(item.outputs).map(({ logs }) => textOf(logs))])
    case 'mcp_call':
      return lines([textOf(item.name), textOf(item.arguments), textOf(item.output)])
    default:
      return ''
  }
}

const lines = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n')
