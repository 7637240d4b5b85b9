import { type Json, jsonOf, listOf, objectOf } from './frames.ts'
import type { Verdict } from './grammar.ts'

/** The rules of `streamGenerateContent` with `alt=sse`: data blocks only, no event names, no `[DONE]`, a finish reason at the end. */
export const judgeGemini = (text: string): Verdict => {
  const faults: string[] = []
  const fail = (message: string): void => void faults.push(message)
  let end: Verdict['end'] = 'none'
  for (const block of text.split(/\r?\n\r?\n/)) {
    if (block === '' || block.startsWith(':')) continue
    const json = block.startsWith('data: ') ? block.slice(6) : block
    const chunk = jsonOf(json)
    if (!chunk) fail(`not a data block of JSON: ${block.slice(0, 80)}`)
    else if (end === 'error') fail('a chunk after the error')
    else if (chunk.error) end = 'error'
    else if (finishes(chunk, fail)) end = 'success'
  }
  return { faults, end }
}

const finishes = (chunk: Json, fail: (message: string) => void): boolean => {
  let finished = false
  for (const candidate of listOf(chunk.candidates)) {
    const { parts, role } = objectOf(candidate.content)
    if (parts !== undefined && (!Array.isArray(parts) || parts.length === 0)) fail('content without parts')
    if (parts !== undefined && role !== 'model') fail(`role ${role}`)
    for (const part of listOf(parts)) if (part.functionCall) judgeCall(objectOf(part.functionCall), fail)
    if (typeof candidate.finishReason === 'string') finished = true
  }
  return finished || objectOf(chunk.promptFeedback).blockReason !== undefined
}

const judgeCall = (call: Json, fail: (message: string) => void): void => {
  if (typeof call.name !== 'string') fail('a function call without a name')
  if (call.args !== undefined && (typeof call.args !== 'object' || call.args === null || Array.isArray(call.args)))
    fail('a function call whose args are no object')
}
