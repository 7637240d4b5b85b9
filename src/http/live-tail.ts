import type { Receipt } from '../canon/receipt.ts'
import type { ReceiptFeed } from './live-feed.ts'
import { renderReceipt } from './receipt-json.ts'

export interface TailOptions {
  readonly feed: ReceiptFeed
  readonly isWanted: (receipt: Receipt) => boolean
  /** Receipts that wait for a slow reader. What is more is passed over, and the reader is told. */
  readonly bufferMax: number
  readonly keepAliveMs: number
  /** Asked at each sign of life: whoever may not see this any more sees no more of it. */
  readonly isStillAllowed: () => Promise<boolean>
  readonly onEnd: () => void
}

const TEXT = new TextEncoder()
const HELLO = 'retry: 3000\n: connected\n\n'
const ALIVE = ': keep-alive\n\n'
const OVER = 'event: end\ndata: {"reason":"not_allowed"}\n\n'

/**
 * Receipts as server-sent events (`receipt`), one for each request as it is settled. `lost` says how many were passed over
 * (null: nobody knows) because the reader was slower than they came; `end`, that nothing follows.
 */
export const tailOf = (options: TailOptions, hangUp: AbortSignal): ReadableStream<Uint8Array> => {
  const { feed, isWanted, bufferMax, keepAliveMs } = options
  const waiting: Receipt[] = []
  let lost: number | null = 0
  let isOver = false
  let wake = (): void => undefined
  const stop = feed.follow({
    receipt: (receipt) => {
      if (!isWanted(receipt)) return
      if (waiting.length < bufferMax) waiting.push(receipt)
      else if (lost !== null) lost += 1
      wake()
    },
    lost: () => {
      lost = null
      wake()
    },
    over: () => end(),
  })
  const end = (): void => {
    if (isOver) return
    isOver = true
    stop()
    wake()
    options.onEnd()
  }
  const take = (): string => {
    const passedOver = lost === 0 ? '' : `event: lost\ndata: ${JSON.stringify({ count: lost })}\n\n`
    lost = 0
    return passedOver + waiting.splice(0).map(eventOf).join('')
  }
  /** Waits until there is something to say, at most so long. */
  const news = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  let checkAtMs = performance.now() + keepAliveMs
  /** What is said next; nothing where somebody else ended it. */
  const next = async (): Promise<string> => {
    if (waiting.length === 0 && lost === 0) await news(checkAtMs - performance.now())
    if (performance.now() < checkAtMs || isOver) return take()
    checkAtMs = performance.now() + keepAliveMs
    if (await options.isStillAllowed()) return take() || ALIVE
    end()
    return OVER
  }
  let said = HELLO
  hangUp.addEventListener('abort', end)
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        while (said === '' && !isOver) said = await next()
        if (hangUp.aborted) return
        if (said !== '') controller.enqueue(TEXT.encode(said))
        said = ''
        if (isOver) controller.close()
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}

const eventOf = (receipt: Receipt): string =>
  `event: receipt\nid: ${receipt.requestId}\ndata: ${JSON.stringify(renderReceipt(receipt))}\n\n`
