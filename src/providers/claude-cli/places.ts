import { err, ok, type Result } from '../../result.ts'

/** A place to run at; `free` gives it to the next that waits. */
export interface Place {
  readonly number: number
  free(): void
}

/** Why there is no place: as many wait as may, or whoever waited has left. */
export type NoPlace = 'busy' | 'left'

export interface PlaceLimits {
  readonly processesMax: number
  readonly queueMax: number
}

interface Waiting {
  readonly give: (place: Place) => void
}

/**
 * Places for processes, numbered from 0, and a queue for them, first come first served. The limits are asked for each
 * time, as they may change; one that is lowered takes no place away.
 */
export class Places {
  readonly #limits: () => PlaceLimits
  readonly #taken = new Set<number>()
  readonly #queue: Waiting[] = []

  constructor(limits: () => PlaceLimits) {
    this.#limits = limits
  }

  /** How many run and wait now. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#taken.size, waiting: this.#queue.length }
  }

  async take(signal: AbortSignal): Promise<Result<Place, NoPlace>> {
    if (signal.aborted) return err('left')
    const { processesMax, queueMax } = this.#limits()
    if (this.#taken.size < processesMax) return ok(this.#place())
    if (this.#queue.length >= queueMax) return err('busy')
    return new Promise((resolve) => {
      const waiting: Waiting = {
        give: (place) => {
          signal.removeEventListener('abort', leave)
          resolve(ok(place))
        },
      }
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        resolve(err('left'))
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#queue.push(waiting)
    })
  }

  /** The lowest number that is free: a folder that was used a moment ago makes for the same prompt. */
  #place(): Place {
    let number = 0
    while (this.#taken.has(number)) number += 1
    this.#taken.add(number)
    let isFree = false
    return {
      number,
      free: () => {
        if (isFree) return
        isFree = true
        this.#taken.delete(number)
        this.#next()
      },
    }
  }

  #next(): void {
    while (this.#taken.size < this.#limits().processesMax) {
      const waiting = this.#queue.shift()
      if (!waiting) return
      waiting.give(this.#place())
    }
  }
}
