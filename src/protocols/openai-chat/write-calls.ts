import type { Opening } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { createDistinctIds } from '../shared/call-ids.ts'

type CallOpening = Extract<Opening, { kind: 'tool-call' }>

/** The calls of one answer as deltas. They are numbered among themselves, not among the blocks. */
export interface CallWriter {
  readonly count: number
  open(key: number, opening: CallOpening): JsonObject | undefined
  /** `undefined` when the block is no call that is written. */
  say(key: number, text: string): JsonObject | undefined
  sign(key: number, signature: string): JsonObject | undefined
  /** A call without arguments gets the empty object: clients parse them. */
  close(key: number, isCut: boolean): JsonObject | undefined
}

interface Written {
  readonly index: number
  readonly form: 'function' | 'custom'
  isSilent: boolean
}

/** @param legacy the client declared `functions`, and knows one `function_call` a message */
export const createCallWriter = (legacy: boolean, losses: Losses): CallWriter => {
  const calls = new Map<number, Written>()
  const callId = createDistinctIds()
  const said = ({ index, form }: Written, text: string): JsonObject => {
    if (legacy) return { function_call: { arguments: text } }
    return {
      tool_calls: [form === 'custom' ? { index, custom: { input: text } } : { index, function: { arguments: text } }],
    }
  }
  return {
    get count() {
      return calls.size
    },
    open(key, { id, name, form }) {
      if (legacy && calls.size > 0) {
        losses.declare('/response', 'unsupported')
        return undefined
      }
      const index = calls.size
      calls.set(key, { index, form, isSilent: true })
      if (legacy) return { function_call: { name, arguments: '' } }
      const called =
        form === 'custom'
          ? { type: 'custom', custom: { name, input: '' } }
          : { type: 'function', function: { name, arguments: '' } }
      return { tool_calls: [{ index, id: callId(id), ...called }] }
    },
    say(key, text) {
      const call = calls.get(key)
      if (!call || text === '') return undefined
      call.isSilent = false
      return said(call, text)
    },
    sign(key, signature) {
      const call = calls.get(key)
      if (!call || legacy) return undefined
      // Strict clients refuse a delta of a call that says nothing of it.
      const nothing = call.form === 'custom' ? { custom: { input: '' } } : { function: { arguments: '' } }
      const extra_content = { google: { thought_signature: signature } }
      return { tool_calls: [{ index: call.index, ...nothing, extra_content }] }
    },
    close(key, isCut) {
      const call = calls.get(key)
      return call?.isSilent && call.form === 'function' && !isCut ? said(call, '{}') : undefined
    },
  }
}
