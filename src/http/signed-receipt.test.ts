import { expect, test } from 'bun:test'
import type { Receipt } from '../canon/receipt.ts'
import { PRINCIPAL } from '../gateway/test-parts.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { createReceiptKeys } from '../receipts/keys.ts'
import { createSigner, newReceiptKey, readTrustedKeys, verifySignature } from '../receipts/signature.ts'
import { memorySettings } from '../receipts/test-parts.ts'
import { signedReceipt } from './signed-receipt.ts'

const ABANDONED = receiptOf(PRINCIPAL, 'req_1', { ended: 'abandoned' })
const LATE = receiptOf(PRINCIPAL, 'req_1-late')
const OTHER = receiptOf(PRINCIPAL, 'req_2', { ended: 'abandoned' })
const STORED: readonly Receipt[] = [ABANDONED, LATE, OTHER]

const deps = {
  receipts: { find: async (id: string) => STORED.find(({ requestId }) => requestId === id) },
  receiptKeys: createReceiptKeys({ settings: memorySettings(), nowMs: () => 0 }),
}

test.each([
  ['abandoned, and ended after all', ABANDONED, { corrected_by: 'req_1-late' }],
  ['how it ended after all', LATE, { corrects: 'req_1' }],
  ['abandoned, and nothing else', OTHER, {}],
] as const)(
  'a receipt that says %s names the other one of its request where there is one',
  async (_, receipt, links) => {
    const { signature, ...json } = await signedReceipt(deps, receipt, {})
    const { corrects, corrected_by: correctedBy } = json
    expect({ ...(corrects && { corrects }), ...(correctedBy && { corrected_by: correctedBy }) }).toEqual({ ...links })
    expect(signature.alg).toBe('Ed25519')
  },
)

test('what it names is signed', () => {
  const key = newReceiptKey()
  const keys = readTrustedKeys({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: key.x, kid: key.kid }] })
  const signed = createSigner(key)({ request_id: 'req_1', corrected_by: 'req_1-late' })
  expect(verifySignature(signed, keys).ok).toBe(true)
  expect(verifySignature({ ...signed, corrected_by: 'req_2-late' }, keys).ok).toBe(false)
})
