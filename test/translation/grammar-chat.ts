import { framesOf, jsonOf, listOf, objectOf } from './frames.ts'
import type { Verdict } from './grammar.ts'

/** The automaton of Chat Completions streams: one id, ordinal calls, one finish, `[DONE]` last and only after success. */
export const judgeChat = (text: string): Verdict => {
  const { frames, rest } = framesOf(text)
  const faults: string[] = rest === '' ? [] : [`unfinished event: ${rest.slice(0, 80)}`]
  const fail = (message: string): void => void faults.push(message)
  let id: unknown
  let calls = 0
  let finished = false
  let usage = false
  let end: Verdict['end'] = 'none'

  const judgeDelta = (delta: ReturnType<typeof objectOf>): void => {
    for (const call of listOf(delta.tool_calls)) {
      if (typeof call.index !== 'number' || call.index > calls) fail(`call index ${call.index} after ${calls} calls`)
      if (call.index === calls) {
        calls += 1
        const form = objectOf(call.function ?? call.custom)
        if (typeof call.id !== 'string' || call.id === '' || typeof form.name !== 'string')
          fail('a call without id or name')
      }
    }
    if (delta.content === null && delta.tool_calls) fail('content:null beside tool_calls')
  }

  for (const { name, data } of frames) {
    if (name !== '') fail(`an event name: ${name}`)
    if (end !== 'none') fail(`data after the end: ${data.slice(0, 80)}`)
    if (data === '[DONE]') {
      if (!finished) fail('[DONE] without a finish_reason')
      end = 'success'
      continue
    }
    const chunk = jsonOf(data)
    if (!chunk) fail(`not JSON: ${data.slice(0, 80)}`)
    else if (chunk.error) end = 'error'
    else {
      id ??= chunk.id
      if (typeof chunk.id !== 'string' || chunk.id !== id) fail(`id ${chunk.id} in a stream of ${id}`)
      if (chunk.object !== 'chat.completion.chunk') fail(`object ${chunk.object}`)
      if (!Array.isArray(chunk.choices)) fail('a chunk without choices')
      const choices = listOf(chunk.choices)
      if (choices.length === 0 && chunk.usage) usage = true
      else if (usage) fail('a chunk after the usage')
      for (const choice of choices) {
        if (finished) fail('a choice after its finish')
        if (!('finish_reason' in choice)) fail('a choice without finish_reason')
        judgeDelta(objectOf(choice.delta))
        if (choice.finish_reason) finished = true
      }
    }
  }
  return { faults, end }
}
