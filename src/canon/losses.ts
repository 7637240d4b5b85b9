import { fault, type GatewayError } from '../errors.ts'

/**
 * What became of something the client sent or the upstream answered:
 * `unsupported` left out; `unknown_field` left out, nobody knows it; `clamped` brought into range; `approximated` written
 * with the nearest word; `emulated` done by Tollgate in another way; `simplified` (a schema) written without what the
 * target cannot read; `renamed`; `moved`; `added` something the target insists on; `reasoning_foreign`,
 * `reasoning_damaged`, `reasoning_unsigned` a reasoning block left out whole; `estimated` counted, not told.
 */
export const LOSS_CODES = [
  'unsupported',
  'unknown_field',
  'clamped',
  'approximated',
  'emulated',
  'simplified',
  'renamed',
  'moved',
  'added',
  'reasoning_foreign',
  'reasoning_damaged',
  'reasoning_unsigned',
  'estimated',
] as const
export type LossCode = (typeof LOSS_CODES)[number]

export interface Loss {
  /** JSON pointer into the client's body; into the answer for what an answer lost, then beginning with `/response`. */
  readonly pointer: string
  readonly code: LossCode
}

/** Collects what a translation loses. */
export interface Losses {
  declare(pointer: string | undefined, code: LossCode): void
  /** Something that cannot be left out. The first one wins. */
  refuse(pointer: string | undefined, message: string): void
  readonly list: readonly Loss[]
  readonly refusal: GatewayError | undefined
}

export const createLosses = (): Losses => {
  const list: Loss[] = []
  const declared = new Set<string>()
  let refusal: GatewayError | undefined
  return {
    declare(pointer = '', code) {
      const key = `${code};${pointer}`
      if (declared.has(key)) return
      declared.add(key)
      list.push({ pointer, code })
    },
    refuse(pointer = '', message) {
      refusal ??= fault('unsupported-parameter', message, { param: pointer })
    },
    list,
    get refusal() {
      return refusal
    },
  }
}
