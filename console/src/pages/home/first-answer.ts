import { useCallback, useState } from 'react'
import { useApi } from '../../api/hooks.ts'
import { useLive } from '../../api/live.ts'
import type { Schema } from '../../api/types.ts'

export type Receipt = Schema<'Receipt'>

/** Where the stream is not to be had, the list is asked so often. */
const POLLED_EVERY_MS = 3_000

/** Waits for the first receipt of the organisation: by the stream, and by asking again where there is none. */
export const useFirstReceipt = (): Receipt | undefined => {
  const [come, setCome] = useState<Receipt>()
  const onItem = useCallback((receipt: Receipt) => setCome(receipt), [])
  const state = useLive<Receipt>('/api/me/requests/live', { isOn: true, event: 'receipt', onItem })
  const polled = useApi('/api/me/requests', {
    query: { limit: 1 },
    ...(state === 'open' ? {} : { everyMs: POLLED_EVERY_MS }),
  })
  return come ?? polled.data?.data[0]
}
