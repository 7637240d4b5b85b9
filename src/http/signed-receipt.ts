import { lateIdOf, type Receipt } from '../canon/receipt.ts'
import type { Store } from '../db/types.ts'
import type { ReceiptKeys } from '../receipts/keys.ts'
import type { Signature } from '../receipts/signature.ts'
import { type ReceiptJson, renderReceipt } from './receipt-json.ts'
import { type LineJson, renderLines } from './receipt-lines.ts'

export interface SigningDeps {
  readonly receipts: Pick<Store['receipts'], 'find'>
  readonly receiptKeys: ReceiptKeys
}

/**
 * A receipt that is read by itself: signed, with its bill line by line, and with the second one of its request named where
 * there is one. `more`: what else there is to say of it.
 */
export const signedReceipt = async <More extends object>(
  { receipts, receiptKeys }: SigningDeps,
  receipt: Receipt,
  more: More,
): Promise<ReceiptJson & More & { lines: LineJson[]; signature: Signature }> => {
  const json = { ...renderReceipt(receipt), ...more, lines: renderLines(receipt) }
  const late = receipt.ended === 'abandoned' ? await receipts.find(lateIdOf(receipt.requestId)) : undefined
  return receiptKeys.sign(late ? { ...json, corrected_by: late.requestId } : json)
}
