import { useSyncExternalStore } from 'react'
import { type Bench, createBenchStore } from './bench.ts'

const made = createBenchStore()
let owner: string | undefined

/** The one of this tab: in memory alone, gone when the tab is closed or loaded again. */
export const store = {
  ...made,
  /** Forgets the conversations; model, format, tools and settings stay. */
  clear: (): void =>
    made.change({
      text: '',
      images: [],
      lanes: made.get().lanes.map((lane) => ({ ...lane, ...made.emptyLane() })),
    }),
  /** Says who looks, and gives back who looked before; for another one everything is forgotten. */
  ownedBy: (id: string): string | undefined => {
    const before = owner
    if (before !== undefined && before !== id) made.reset()
    owner = id
    return before
  },
}

export const useBench = (): Bench => useSyncExternalStore(made.subscribe, made.get)
