import type { Delta, Problem, Usage } from './answer.ts'
import { isObject, type JsonObject } from './conversation.ts'

/** The members of whatever came; none where it is no object. */
export const membersOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A text that is there, and not empty. */
export const saidIn = (value: unknown): string | undefined => textIn(value) || undefined

export const countIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** More of a text, unless there is none. */
export const told = (kind: 'text' | 'thinking', at: string, value: unknown): readonly Delta[] => {
  const text = textIn(value)
  return text === '' ? [] : [{ kind, at, text }]
}

/** Counts that are known; nothing where none is. */
export const counted = (counts: { readonly [Name in keyof Usage]: number | undefined }): readonly Delta[] => {
  const usage: Usage = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined))
  return Object.keys(usage).length === 0 ? [] : [{ kind: 'usage', usage }]
}

export const ended = (reason: unknown): readonly Delta[] => {
  const said = textIn(reason)
  return said === '' ? [] : [{ kind: 'end', reason: said }]
}

/** What is wrong, as any of the formats writes it: all of them have an `error` with a `message`. */
export const problemIn = (body: unknown): Problem | undefined => {
  const { error } = membersOf(body)
  if (typeof error === 'string') return { message: error }
  const { message, code, status, type } = membersOf(error)
  if (!isObject(error)) return undefined
  const name = [code, status, type].find((one) => typeof one === 'string' && one !== '')
  return { message: textIn(message) || JSON.stringify(error), ...(name === undefined ? {} : { code: textIn(name) }) }
}

/** The same as something an event says. */
export const failed = (body: unknown): readonly Delta[] => {
  const problem = problemIn(body)
  return problem ? [{ kind: 'error', problem }] : []
}
