import { useCallback, useEffect, useRef, useState } from 'react'
import type { QueryValue } from '../../api/client.ts'
import { type LiveState, useLive } from '../../api/live.ts'
import type { Schema } from '../../api/types.ts'
import { EMPTY_TAIL, received, resumed, type Tail } from './tail.ts'

export type Receipt = Schema<'Receipt'>

/** New rows are drawn at most so often, however many come. */
const DRAWN_EVERY_MS = 400

export interface LiveTail {
  readonly tail: Tail<Receipt>
  readonly state: LiveState
  readonly isPaused: boolean
  readonly pause: () => void
  readonly resume: () => void
}

/** Follows new receipts that fit the filters. `onGap`: something may have been missed. */
export const useTail = (query: Readonly<Record<string, QueryValue>>, isOn: boolean, onGap: () => void): LiveTail => {
  const [tail, setTail] = useState<Tail<Receipt>>(EMPTY_TAIL)
  const [isPaused, setPaused] = useState(false)
  const come = useRef<Receipt[]>([])
  const paused = useRef(isPaused)
  paused.current = isPaused
  const onItem = useCallback((receipt: Receipt) => void come.current.push(receipt), [])
  const state = useLive<Receipt>('/api/me/requests/live', { query, isOn, event: 'receipt', onItem, onGap })
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => {
      if (come.current.length === 0) return
      const fresh = come.current.splice(0)
      setTail((before) => received(before, fresh, paused.current))
    }, DRAWN_EVERY_MS)
    return () => clearInterval(timer)
  }, [isOn])
  return {
    tail,
    state,
    isPaused,
    pause: () => setPaused(true),
    resume: () => {
      setPaused(false)
      setTail(resumed)
    },
  }
}
