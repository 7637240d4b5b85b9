import { hash } from 'node:crypto'
import type { ToolCallBlock } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import { objectOf } from '../json.ts'

const GRAMMAR = /^[A-Za-z0-9_-]+$/
const PREFIX = 'call_'
/** The length of a hashed id: the prefix and a SHA-256 digest in base64url. */
const HASHED_LENGTH = 48
/** A limit below this is of a vendor that takes letters and digits of exactly that number (Mistral: 9). */
const SHORT_LENGTH = 16
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * A tool call's id in the grammar that every format takes, at most `lengthMax` long; unchanged where it fits. One that
 * does not fit is replaced by its hash, so that a call and its result stay together and two calls never become one, as
 * they would if ids were cut or cleaned.
 */
export const fitCallId = (id: string, lengthMax: number): string => {
  if (lengthMax < SHORT_LENGTH) return isShort(id, lengthMax) ? id : shortHash(id, lengthMax)
  if (id.length <= lengthMax && GRAMMAR.test(id)) return id
  if (lengthMax < HASHED_LENGTH) return shortHash(id, lengthMax)
  return PREFIX + hash('sha256', id, 'base64url')
}

/** The id that a call of the history is sent under. That it is another is told once for the call and its result. */
export const sentCallId = (
  call: Pick<ToolCallBlock, 'id' | 'native' | 'pointer'>,
  lengthMax: number,
  losses: Losses,
): string => {
  const sent = fitCallId(call.id, lengthMax)
  if (sent !== call.id && isTold(call)) losses.declare(call.pointer, 'renamed')
  return sent
}

/** Whether the client wrote an id at all: one that was made for it is nothing that it could miss. */
const isTold = ({ native }: Pick<ToolCallBlock, 'native'>): boolean => {
  if (!native) return true
  const { id, call_id, functionCall, function_call } = native.value
  const told = [id, call_id, objectOf(functionCall).id, objectOf(function_call).id]
  return told.some((value) => value !== undefined && value !== null)
}

const isShort = (id: string, length: number): boolean => id.length === length && /^[A-Za-z0-9]+$/.test(id)

const shortHash = (id: string, length: number): string =>
  [...hash('sha256', id, 'buffer')]
    .map((byte) => ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length))
    .join('')
    .slice(0, Math.max(1, length))
