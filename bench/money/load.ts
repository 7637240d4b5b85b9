// The clients: one process for the whole run, so that it is as warm for the last slice as for the first. It is told what
// to do, one slice at a time, over the channel to its parent.
import { chatRequest } from '../bodies.ts'

/** Where requests of one kind go: any of these addresses, with any of these keys. */
export interface Way {
  readonly urls: readonly string[]
  readonly keys: readonly string[]
}

/** `inFlight` requests at a time, for so long. */
export interface Flood {
  readonly kind: 'flood'
  readonly way: Way
  readonly inFlight: number
  readonly forMs: number
}

/** Every key once at every address, so that each gateway knows all that is asked later. */
export interface Touch {
  readonly kind: 'touch'
  readonly way: Way
  readonly inFlight: number
}

/** So many requests a second by each of these ways, in turns whose order is drawn. */
export interface Pace {
  readonly kind: 'pace'
  readonly ways: readonly Way[]
  readonly perSecond: number
  readonly forMs: number
}

export interface Flooded {
  readonly perSecond: number
  readonly answered: number
  readonly failed: number
}

export interface Paced {
  /** Milliseconds, for each way. */
  readonly latencies: readonly (readonly number[])[]
  readonly failed: number
}

const body = chatRequest(2_000, 'no')

const pick = <T>(values: readonly T[]): T => {
  const value = values[Math.floor(Math.random() * values.length)]
  if (value === undefined) throw new Error('there is nothing to choose from')
  return value
}

/** How long it took, or `undefined` where it was not answered as it should be. */
const ask = async ({ urls, keys }: Way): Promise<number | undefined> => {
  const headers = { authorization: `Bearer ${pick(keys)}`, 'content-type': 'application/json' }
  const began = performance.now()
  const response = await fetch(`${pick(urls)}/v1/chat/completions`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return response.status === 200 ? performance.now() - began : undefined
}

const flood = async ({ way, inFlight, forMs }: Flood): Promise<Flooded> => {
  const began = performance.now()
  let [answered, inTime, failed] = [0, 0, 0]
  const client = async (): Promise<void> => {
    while (performance.now() - began < forMs) {
      if ((await ask(way)) === undefined) failed += 1
      answered += 1
      if (performance.now() - began < forMs) inTime += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, client))
  return { perSecond: inTime / (forMs / 1_000), answered, failed }
}

const touch = async ({ way, inFlight }: Touch): Promise<{ readonly failed: number }> => {
  const all = way.urls.flatMap((url) => way.keys.map((key) => ({ urls: [url], keys: [key] })))
  let failed = 0
  const client = async (): Promise<void> => {
    for (let next = all.pop(); next; next = all.pop()) if ((await ask(next)) === undefined) failed += 1
  }
  await Promise.all(Array.from({ length: inFlight }, client))
  return { failed }
}

const pace = async ({ ways, perSecond, forMs }: Pace): Promise<Paced> => {
  const latencies: number[][] = ways.map(() => [])
  const began = performance.now()
  const asked: Promise<void>[] = []
  let failed = 0
  const one = async (index: number, way: Way): Promise<void> => {
    const latency = await ask(way)
    if (latency === undefined) failed += 1
    else latencies[index]?.push(latency)
  }
  const total = Math.floor((perSecond * forMs) / 1_000) * ways.length
  let turn: { readonly index: number; readonly way: Way }[] = []
  for (let sent = 0; sent < total; sent += 1) {
    if (turn.length === 0) turn = shuffled(ways.map((way, index) => ({ index, way })))
    const next = turn.pop()
    await Bun.sleep(Math.max(0, (sent * 1_000) / (perSecond * ways.length) - (performance.now() - began)))
    if (next) asked.push(one(next.index, next.way))
  }
  await Promise.all(asked)
  return { latencies, failed }
}

const shuffled = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => ({ value, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value)

const follow = (order: Flood | Touch | Pace): Promise<unknown> => {
  if (order.kind === 'flood') return flood(order)
  return order.kind === 'touch' ? touch(order) : pace(order)
}

if (import.meta.main)
  process.on('message', (order: Flood | Touch | Pace) => {
    void follow(order).then((result) => process.send?.(result))
  })
