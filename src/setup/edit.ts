import { err, ok, type Result } from '../result.ts'
import { block, whole } from './block.ts'
import type { Editor } from './editor.ts'
import { json } from './json.ts'
import { dotenv, yaml } from './lines.ts'
import type { Step } from './plan.ts'
import { toml } from './toml.ts'
import type { Syntax } from './types.ts'

const EDITORS: Readonly<Record<Syntax, Editor>> = { json, toml, yaml, dotenv, block, whole }

/** A change that was made, as it is remembered: the value has `{key}` where the key is. */
export type Made = Pick<Step, 'syntax' | 'path' | 'value' | 'ifAbsent'>

const SIZE_MAX = 4_000_000

/** Why a text is left alone by every editor; `undefined`: it can be changed. */
const foreign = (text: string): string | undefined => {
  if (text.length > SIZE_MAX) return 'is too large for a file of settings'
  return /[\u0000\u0001]/.test(text) ? 'is not text in UTF-8' : undefined
}

/** Makes all changes of one file, one after the other; none where one cannot be made. */
export const applySteps = (text: string, steps: readonly Step[], key: string): Result<string, string> => {
  const odd = foreign(text)
  if (odd !== undefined) return err(odd)
  let changed = text
  for (const { syntax, path, value, ifAbsent } of steps) {
    const editor = EDITORS[syntax]
    const present = editor.get(changed, path)
    if (!present.ok) return present
    if (ifAbsent && present.value !== undefined) continue
    const raw = value.replaceAll('{key}', key)
    if (present.value === raw) continue
    const next = editor.set(changed, path, raw)
    if (!next.ok) return next
    changed = next.value
  }
  return ok(changed)
}

/** The present value of what was changed; `undefined`: it is gone, or the file cannot be read any more. */
export const writtenValue = (text: string, { syntax, path }: Pick<Made, 'syntax' | 'path'>): string | undefined => {
  const found = EDITORS[syntax].get(text, path)
  return found.ok ? found.value : undefined
}

/**
 * Takes our changes out of a file that others changed too: what was there before comes back, what was not goes, and so
 * does what was made around it and is empty now.
 */
export const mergeOut = (current: string, before: string, made: readonly Made[]): Result<string, string> => {
  const odd = foreign(current)
  if (odd !== undefined) return err(odd)
  let text = current
  for (const { syntax, path, value, ifAbsent } of made.toReversed()) {
    const editor = EDITORS[syntax]
    const was = editor.get(before, path)
    if (!was.ok) return was
    const is = editor.get(text, path)
    if (!is.ok) return is
    // What was only given where nothing was belongs to whoever has changed it since.
    if (is.value === was.value || (ifAbsent && is.value !== value)) continue
    const next = was.value === undefined ? editor.remove(text, path) : editor.set(text, path, was.value)
    if (!next.ok) return next
    text = syntax === 'json' ? withoutEmpty(next.value, before, path) : next.value
  }
  return ok(text)
}

/** Objects around a path that are empty, and were not there before. */
const withoutEmpty = (text: string, before: string, path: readonly string[]): string => {
  let pruned = text
  for (let above = path.slice(0, -1); above.length > 0; above = above.slice(0, -1)) {
    const now = json.get(pruned, above)
    const then = json.get(before, above)
    if (!now.ok || !then.ok || then.value !== undefined || !/^[[{]\s*[\]}]$/.test(now.value ?? '')) return pruned
    const next = json.remove(pruned, above)
    if (!next.ok) return pruned
    pruned = next.value
  }
  return pruned
}

/** Whether a text is what is left of a file that was made for our changes alone. */
export const isBlank = (text: string, syntax: Syntax): boolean => EDITORS[syntax].isBlank(text)
