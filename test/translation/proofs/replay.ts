import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import { listOf, objectOf, textOf } from '../validate/shapes.ts'
import type { Format } from './lanes.ts'

type Json = Record<string, unknown>

/** What a client does with an answer that it keeps as history. */
export type Habit = 'keeps everything' | 'keeps what its SDK knows' | 'wipes what was thought'
export const HABITS: readonly Habit[] = ['keeps everything', 'keeps what its SDK knows', 'wipes what was thought']

const TOOLS = ['get_weather', 'read-file']
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } }

/** A request that only asks something, with two tools. */
export const question = (format: Format): Json => {
  switch (format) {
    case 'openai-chat':
      return {
        model: 'm',
        messages: [{ role: 'user', content: 'Begin.' }],
        tools: TOOLS.map((name) => ({ type: 'function', function: { name, parameters: SCHEMA } })),
      }
    case 'openai-responses':
      return {
        model: 'm',
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Begin.' }] }],
        tools: TOOLS.map((name) => ({ type: 'function', name, parameters: SCHEMA, strict: false })),
      }
    case 'anthropic-messages':
      return {
        model: 'm',
        max_tokens: 4_096,
        messages: [{ role: 'user', content: 'Begin.' }],
        tools: TOOLS.map((name) => ({ name, input_schema: SCHEMA })),
      }
    case 'gemini':
      return {
        contents: [{ role: 'user', parts: [{ text: 'Begin.' }] }],
        tools: [{ functionDeclarations: TOOLS.map((name) => ({ name, parametersJsonSchema: SCHEMA })) }],
      }
  }
}

/** The next request of a conversation: the answer as history, a result for each call, and another word of the user's. */
export const nextRequest = (format: Format, before: Json, answer: Json, habit: Habit): Json => {
  switch (format) {
    case 'openai-chat': {
      const message = chatHistory(objectOf(listOf(answer.choices)[0]?.message), habit)
      const results = listOf(message.tool_calls).map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'done' }))
      return {
        ...before,
        messages: [...listOf(before.messages), message, ...results, { role: 'user', content: 'On.' }],
      }
    }
    case 'openai-responses': {
      const items = listOf(answer.output).map((item) => responsesHistory(item, habit))
      const results = items
        .filter(({ type }) => type === 'function_call')
        .map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'done' }))
      const user = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'On.' }] }
      return { ...before, input: [...listOf(before.input), ...items, ...results, user] }
    }
    case 'anthropic-messages': {
      const content = listOf(answer.content).map((block) => messagesHistory(block, habit))
      const results = content
        .filter(({ type }) => type === 'tool_use')
        .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'done' }))
      const user = { role: 'user', content: [...results, { type: 'text', text: 'On.' }] }
      return { ...before, messages: [...listOf(before.messages), { role: 'assistant', content }, user] }
    }
    case 'gemini': {
      const content = objectOf(listOf(answer.candidates)[0]?.content)
      const parts = listOf(content.parts).map((part) => geminiHistory(part, habit))
      const results = parts
        .filter((part) => part.functionCall)
        .map((part) => {
          const { id, name } = objectOf(part.functionCall)
          return { functionResponse: { ...(id !== undefined && { id }), name, response: { output: 'done' } } }
        })
      const user = { role: 'user', parts: [...results, { text: 'On.' }] }
      return { ...before, contents: [...listOf(before.contents), { role: 'model', parts }, user] }
    }
  }
}

const only = (value: Json, names: string): Json =>
  Object.fromEntries(Object.entries(value).filter(([name]) => names.split(' ').includes(name)))

const chatHistory = (message: Json, habit: Habit): Json => {
  if (habit === 'keeps what its SDK knows') {
    const calls = listOf(message.tool_calls).map((call) => only(call, 'id type function custom'))
    return { ...only(message, 'role content refusal'), ...(calls.length > 0 && { tool_calls: calls }) }
  }
  const { reasoning_content, ...rest } = message
  return habit === 'wipes what was thought' ? rest : message
}

const responsesHistory = (item: Json, habit: Habit): Json => {
  if (habit === 'wipes what was thought' && item.type === 'reasoning') return { ...item, summary: [] }
  if (habit === 'keeps everything') return item
  return only(item, 'type id role content summary encrypted_content call_id name arguments input')
}

const messagesHistory = (block: Json, habit: Habit): Json => {
  if (habit === 'wipes what was thought' && block.type === 'thinking') return { ...block, thinking: '' }
  return habit === 'keeps everything' ? block : only(block, 'type text thinking signature data id name input')
}

const geminiHistory = (part: Json, habit: Habit): Json => {
  if (habit === 'wipes what was thought' && part.thought === true) return { ...part, text: '' }
  return habit === 'keeps everything' ? part : only(part, 'text thought thoughtSignature functionCall')
}

/** The assistant's turns of a request, or a whole answer, as what its vendor sees: state, words and calls in order. */
export const turnOf = (format: Format, body: Json): readonly string[] => joined(tokensOf(format, body))

const tokensOf = (format: Format, body: Json): readonly string[] => {
  switch (format) {
    case 'openai-chat': {
      const messages = [
        ...listOf(body.choices).map(({ message }) => objectOf(message)),
        ...listOf(body.messages).filter(({ role }) => role === 'assistant'),
      ]
      return messages.flatMap((message) => [
        ...(message.reasoning_content ? [`state ${textOf(message.reasoning_content)}`] : []),
        `text ${textOf(message.content)}`,
        ...listOf(message.tool_calls).map((call) => {
          const { name, arguments: given } = objectOf(call.function)
          return `call ${call.id} ${name} ${compact(given)}`
        }),
      ])
    }
    case 'openai-responses':
      return [...listOf(body.output), ...listOf(body.input)].flatMap((item): readonly string[] => {
        if (item.type === 'reasoning')
          return item.encrypted_content ? [`state ${writeJson([item.id, item.summary, item.encrypted_content])}`] : []
        if (item.type === 'function_call') return [`call ${item.call_id} ${item.name} ${compact(item.arguments)}`]
        return item.role === 'assistant' ? listOf(item.content).map(({ text }) => `text ${text}`) : []
      })
    case 'anthropic-messages': {
      const blocks = [
        ...listOf(body.content),
        ...listOf(body.messages).flatMap(({ role, content }) => (role === 'assistant' ? listOf(content) : [])),
      ]
      return blocks.flatMap((block): readonly string[] => {
        if (block.type === 'thinking')
          return block.signature ? [`state ${writeJson([block.thinking, block.signature])}`] : []
        if (block.type === 'redacted_thinking') return [`state ${block.data}`]
        if (block.type === 'tool_use') return [`call ${block.id} ${block.name} ${writeJson(block.input)}`]
        return [`text ${block.text}`]
      })
    }
    case 'gemini': {
      const contents = [
        ...listOf(body.candidates).map(({ content }) => objectOf(content)),
        ...listOf(body.contents).filter(({ role }) => role === 'model'),
      ]
      return contents
        .flatMap(({ parts }) => listOf(parts))
        .flatMap((part): readonly string[] => {
          const state = part.thoughtSignature ? [`state ${part.thoughtSignature}`] : []
          if (part.thought === true) return state
          if (!part.functionCall) return [`text ${textOf(part.text)}`, ...state]
          const { name, args } = objectOf(part.functionCall)
          return [...state, `call ${name} ${writeJson(args ?? {})}`]
        })
    }
  }
}

const compact = (text: unknown): string => {
  try {
    return writeJson(readJson(textOf(text) || '{}'))
  } catch {
    return textOf(text)
  }
}

/** Words that stand together are one text. */
const joined = (tokens: readonly string[]): readonly string[] => {
  const out: string[] = []
  for (const token of tokens) {
    if (token === 'text ') continue
    const last = out.at(-1)
    if (token.startsWith('text ') && last?.startsWith('text ')) out[out.length - 1] = last + token.slice(5)
    else out.push(token)
  }
  return out
}
