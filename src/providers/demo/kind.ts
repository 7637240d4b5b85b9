import { WIRE_FORMATS } from '../../canon/operation.ts'
import type { ProviderKind } from '../types.ts'

/** The provider inside Tollgate: answers every format without a network or a key. `demoFetch` is its other end. */
export const demo: ProviderKind = {
  kind: 'demo',
  // RFC 2606 reserves `.invalid`: should a request ever leave by mistake, it reaches nobody.
  baseUrl: 'http://demo.invalid',
  formats: WIRE_FORMATS,
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['demo'],
  keyVariable: undefined,
  inProcess: true,
}
