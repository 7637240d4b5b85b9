/**
 * One whole event as it came: `[from, end)` of `bytes`, which may hold others. Nine events in ten are never looked into,
 * and a buffer of its own would cost each more than all else that is done with it.
 */
export interface RawEvent {
  readonly kind: 'sse' | 'json'
  readonly bytes: Buffer
  readonly from: number
  readonly end: number
}

/** The event's own bytes, not copied. */
export const bytesOf = ({ bytes, from, end }: RawEvent): Buffer => bytes.subarray(from, end)
