import { QueryClient } from '@tanstack/react-query'
import { asApiError } from './error.ts'
import { watchRecovery } from './reach.ts'

const RETRIES_MAX = 2
/** Short: whoever waits sees that something is loading, and has to learn soon that it is not. */
const RETRY_AFTER_MS = 300
/** What two parts of a page ask is asked once; who comes back to a page sees what is so by now, above all of money. */
const FRESH_MS = 1_000

/**
 * Reads again what failed for want of an answer, never what was refused; and everything that is shown once one comes.
 *
 * Every call is made at once, whatever the browser believes of its network: a gateway on the same machine answers
 * without one. Above all nothing that changes something is kept for later, when whoever wanted it has given it up.
 */
export const createQueryClient = (): QueryClient => {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnReconnect: true,
        staleTime: FRESH_MS,
        retry: (failures, thrown) => {
          const { status } = asApiError(thrown)
          return failures < RETRIES_MAX && (status === 0 || status >= 502)
        },
        retryDelay: (failures) => RETRY_AFTER_MS * 2 ** failures,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  watchRecovery(() => void client.invalidateQueries())
  return client
}
