import type { JsonObject } from '../../canon/codec.ts'
import { readJson } from '../../canon/json-text.ts'
import { isObject } from '../json.ts'

/** A call's arguments as the object that this format wants, numbers as they were spelt; `undefined` when they are none. */
export const readArguments = (text: string): JsonObject | undefined => {
  try {
    const value = readJson(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
