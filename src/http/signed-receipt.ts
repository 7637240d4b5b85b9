import { lateIdOf, type Receipt } from '../canon/receipt.ts'
import type { Store } from '../db/types.ts'
import type { ReceiptKeys } from '../receipts/keys.ts'
import type { Signature } from '../receipts/signature.ts'
import { type ReceiptJson, renderReceipt } from './receipt-json.ts'

export interface SigningDeps {
  readonly receipts: Pick<Store['receipts'], 'find'>
  readonly receiptKeys: ReceiptKeys
}

/** A receipt that is read by itself: signed, and with the second one of its request named where there is one. */
export const signedReceipt = async (
  { receipts, receiptKeys }: SigningDeps,
  receipt: Receipt,
): Promise<ReceiptJson & { signature: Signature }> => {
  const json = renderReceipt(receipt)
  const late = receipt.ended === 'abandoned' ? await receipts.find(lateIdOf(receipt.requestId)) : undefined
  return receiptKeys.sign(late ? { ...json, corrected_by: late.requestId } : json)
}
