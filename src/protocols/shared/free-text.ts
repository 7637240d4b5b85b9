import type { JsonObject } from '../../canon/codec.ts'
import type { CustomTool } from '../../canon/conversation.ts'
import { isObject, textOf } from '../json.ts'

/** Free text as the one argument of a function, where a format has no custom tools. */
export const FREE_TEXT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
}

/** A custom tool as a function's description: its grammar can only be told then, and nobody enforces it. */
export const freeTextDescription = ({ description, grammar }: CustomTool): { readonly description?: string } => {
  const text = [description ?? '', grammarNote(grammar)].filter(Boolean).join('\n\n')
  return text === '' ? {} : { description: text }
}

const grammarNote = (grammar: unknown): string => {
  if (!isObject(grammar)) return ''
  const { syntax, definition } = isObject(grammar.grammar) ? grammar.grammar : grammar
  if (textOf(definition) === '') return ''
  return `\`input\` follows this grammar${textOf(syntax) === '' ? '' : ` (${textOf(syntax)})`}:\n${textOf(definition)}`
}
