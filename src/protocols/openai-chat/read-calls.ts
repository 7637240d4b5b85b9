import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { isObject, objectOf, textOf } from '../json.ts'

/** The calls of one answer, which may grow side by side. */
export interface Calls {
  /** A piece of a call; `legacy` for the one of `function_call`. */
  add(piece: JsonObject, legacy?: boolean): void
  /** Closes all; those that the output limit cut say so. */
  close(byLimit: boolean): void
}

interface Call {
  readonly slot: unknown
  key: number | undefined
  id: string
  name: string
  form: 'function' | 'custom'
  args: string
  /** How much of the arguments has been passed on. */
  sent: number
  signature: string | undefined
}

const isComplete = (args: string): boolean => {
  try {
    JSON.parse(args)
    return true
  } catch {
    return false
  }
}

/** @param newId makes the id of a call whose server gave none */
export const createCalls = (
  emit: (event: AnswerEvent) => void,
  nextKey: () => number,
  newId: (ordinal: number) => string,
): Calls => {
  let calls: Call[] = []
  let made = 0

  /** Opened as soon as it has an id and a name; its arguments wait until then. */
  const open = (call: Call): void => {
    if (call.key !== undefined || call.name === '' || call.id === '') return
    const key = nextKey()
    call.key = key
    made += 1
    emit({ type: 'open', key, opening: { kind: 'tool-call', id: call.id, name: call.name, form: call.form } })
  }
  const pass = (call: Call): void => {
    const { key, signature } = call
    if (key === undefined) return
    if (call.args.length > call.sent) emit({ type: 'delta', key, text: call.args.slice(call.sent) })
    call.sent = call.args.length
    if (signature === undefined) return
    const data = JSON.stringify({ signature, on: 'call' })
    emit({ type: 'opaque', key, opaque: { family: 'google', kind: 'thought-signature', data } })
    call.signature = undefined
  }
  /** A call that is followed by another will get no id any more. */
  const settle = (call: Call): void => {
    if (call.id === '' && call.name !== '') call.id = newId(made)
    open(call)
    pass(call)
  }
  const begin = (slot: unknown): Call => {
    const last = calls.at(-1)
    if (last) settle(last)
    const call: Call = {
      slot,
      key: undefined,
      id: '',
      name: '',
      form: 'function',
      args: '',
      sent: 0,
      signature: undefined,
    }
    calls.push(call)
    return call
  }

  return {
    add(piece, legacy = false) {
      const said = partsOf(piece, legacy)
      const call = find(calls, said) ?? begin(said.slot)
      call.id ||= said.id
      call.name ||= said.name
      if (said.form === 'custom') call.form = 'custom'
      call.args += said.args
      call.signature = said.signature ?? call.signature
      open(call)
      pass(call)
    },
    close(byLimit) {
      const last = calls.at(-1)
      for (const call of calls) {
        settle(call)
        const { key } = call
        // A call without a name cannot be made.
        if (key === undefined) continue
        emit({ type: 'close', key, ...(byLimit && !isWhole(call, call === last) && { cut: true }) })
      }
      calls = []
    },
  }
}

/** Only the last call can have been cut, unless its arguments tell better. */
const isWhole = ({ form, args }: Call, isLast: boolean): boolean =>
  form === 'function' && args !== '' ? isComplete(args) : !isLast

interface Piece {
  readonly slot: unknown
  readonly id: string
  readonly name: string
  readonly form: 'function' | 'custom'
  readonly args: string
  readonly signature: string | undefined
}

const partsOf = (piece: JsonObject, legacy: boolean): Piece => {
  const isCustom = isObject(piece.custom)
  const said = legacy ? piece : objectOf(isCustom ? piece.custom : piece.function)
  const args = isCustom ? said.input : said.arguments
  const signature = objectOf(objectOf(piece.extra_content).google).thought_signature
  return {
    slot: legacy ? 'legacy' : (piece.index ?? undefined),
    id: legacy ? '' : textOf(piece.id),
    name: textOf(said.name),
    form: isCustom ? 'custom' : 'function',
    // Some servers give the object instead of its text.
    args: isObject(args) ? writeJson(args) : textOf(args),
    signature: typeof signature === 'string' && signature !== '' ? signature : undefined,
  }
}

/**
 * The call a piece belongs to: by its index, else by its id, else the last. Some servers count all calls as number 0:
 * one that has another id and a name begins a new call when the arguments before it are whole.
 */
const find = (calls: readonly Call[], { slot, id, name }: Piece): Call | undefined => {
  const isNew = (call: Call): boolean => {
    const differs = id !== '' ? call.id !== '' && call.id !== id : slot === undefined
    return differs && name !== '' && call.name !== '' && isComplete(call.args)
  }
  if (slot !== undefined) {
    const call = calls.findLast((one) => one.slot === slot)
    return call && !isNew(call) ? call : calls.find((one) => id !== '' && one.id === id && one.slot === slot)
  }
  if (id !== '') {
    const known = calls.find((one) => one.id === id)
    const last = calls.at(-1)
    return known ?? (last && last.id === '' && name === '' ? last : undefined)
  }
  const last = calls.at(-1)
  return last && !isNew(last) ? last : undefined
}
