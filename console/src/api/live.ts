import { useEffect, useRef, useState } from 'react'
import { type QueryValue, send } from './client.ts'
import { eventsOf } from './events.ts'

/** `lost`: the connection ended, and is being made again. `refused`: the server will not have it. */
export type LiveState = 'off' | 'connecting' | 'open' | 'lost' | 'refused'

export interface LiveOptions<Item> {
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly isOn: boolean
  /** Which events are meant, as `receipt`. */
  readonly event: string
  readonly onItem: (item: Item) => void
  /** Something was missed: the connection was made again, or more came than could be sent. */
  readonly onGap?: () => void
}

const AGAIN_AFTER_MS = 1_000
const AGAIN_AFTER_MAX_MS = 30_000

/** Follows a stream of server-sent events for as long as the page is open; what breaks is connected again. */
export const useLive = <Item>(
  path: string,
  { query = {}, isOn, event, onItem, onGap }: LiveOptions<Item>,
): LiveState => {
  const [state, setState] = useState<LiveState>('off')
  const told = useRef({ onItem, onGap })
  told.current = { onItem, onGap }
  const asked = JSON.stringify(query)
  useEffect(() => {
    if (!isOn) return setState('off')
    const ended = new AbortController()
    const hear: Hear = {
      event: (name, data) => {
        if (name === event) told.current.onItem(JSON.parse(data) as Item)
        if (name === 'lost') told.current.onGap?.()
      },
      again: () => told.current.onGap?.(),
      state: setState,
    }
    void follow(path, JSON.parse(asked), hear, ended.signal)
    return () => ended.abort()
  }, [path, asked, isOn, event])
  return state
}

interface Hear {
  readonly event: (name: string, data: string) => void
  /** Connected again after a while without. */
  readonly again: () => void
  readonly state: (state: LiveState) => void
}

const follow = async (
  path: string,
  query: Readonly<Record<string, QueryValue>>,
  hear: Hear,
  signal: AbortSignal,
): Promise<void> => {
  let waitMs = AGAIN_AFTER_MS
  let wasLost = false
  hear.state('connecting')
  while (!signal.aborted) {
    const begun = (): void => {
      waitMs = AGAIN_AFTER_MS
      if (wasLost) hear.again()
    }
    // Whatever ended it, it is connected again, unless nobody looks any more.
    const ended = await hearOnce(path, query, hear, signal, begun).catch(() => 'ended' as const)
    if (ended === 'refused') return hear.state('refused')
    if (signal.aborted) return
    wasLost = true
    hear.state('lost')
    await pause(waitMs, signal)
    waitMs = Math.min(AGAIN_AFTER_MAX_MS, waitMs * 2)
  }
}

const hearOnce = async (
  path: string,
  query: Readonly<Record<string, QueryValue>>,
  hear: Hear,
  signal: AbortSignal,
  begun: () => void,
): Promise<'ended' | 'refused'> => {
  const answer = await send('get', path, { query, signal, headers: { accept: 'text/event-stream' } })
  if (!answer.ok || !answer.body) {
    const isFinal = answer.status >= 400 && answer.status < 500 && answer.status !== 429
    return isFinal ? 'refused' : 'ended'
  }
  hear.state('open')
  begun()
  for await (const { name, data } of eventsOf(answer.body)) hear.event(name, data)
  return 'ended'
}

const pause = (durationMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
