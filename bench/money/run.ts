// `npm run bench -- money`: what a gateway with everything on carries, what it adds to a request, and what part of that
// is money's. Every way of running it is measured in short slices, in turns, so that what else goes on on the machine
// befalls all alike.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from './children.ts'
import type { Flood, Flooded, Pace, Paced, Touch } from './load.ts'
import { type Cell, type FloodSlice, latencyTable, type PaceSlice, throughputTable, verdicts } from './report.ts'
import { type Site, startPostgresAndRedis, startProvider, startSqlite, wayTo } from './stage.ts'

interface Plan {
  readonly accounts: number
  readonly rounds: number
  readonly floodMs: number
  readonly paceMs: number
}

const WHOLE: Plan = { accounts: 1_000, rounds: 7, floodMs: 1_200, paceMs: 3_000 }
const QUICK: Plan = { accounts: 1_000, rounds: 2, floodMs: 700, paceMs: 1_500 }
const IN_FLIGHT = 64
/** Of each of: asked directly, without money, with money. */
const PER_SECOND = 50
const REPLICAS = 3
/** What a slice leaves to be written is not to fall into the next. */
const PAUSE_MS = 150

interface Bench {
  readonly plan: Plan
  readonly load: Child
  readonly providerUrl: string
}

interface Place {
  readonly site: Site
  readonly cell: Cell
}

const answered = <T extends { readonly failed: number }>(result: T): T => {
  if (result.failed > 0) throw new Error(`${result.failed} requests of a slice failed`)
  return result
}

const flood = async ({ plan, load }: Bench, { site, cell }: Place, kind: 'charged' | 'free'): Promise<FloodSlice> => {
  const way = wayTo(site, cell.replicas, cell.isHot, kind)
  const before = site.cpuMicros()
  const order: Flood = { kind: 'flood', way, inFlight: IN_FLIGHT, forMs: plan.floodMs }
  const { perSecond, answered: requests } = answered(await load.ask<Flooded>(order))
  await Bun.sleep(PAUSE_MS)
  const after = site.cpuMicros()
  const used = (part: keyof typeof after): number => (after[part] - before[part]) / requests
  return {
    perSecond,
    cpuMicros: { gateways: used('gateways'), database: used('database'), redis: used('redis') },
  }
}

const pace = async ({ plan, load, providerUrl }: Bench, { site, cell }: Place): Promise<PaceSlice> => {
  await site.takeTimes(cell.replicas)
  const order: Pace = {
    kind: 'pace',
    ways: [
      { urls: [providerUrl], keys: ['none'] },
      wayTo(site, cell.replicas, cell.isHot, 'free'),
      wayTo(site, cell.replicas, cell.isHot, 'charged'),
    ],
    perSecond: PER_SECOND,
    forMs: plan.paceMs,
  }
  const { latencies } = answered(await load.ask<Paced>(order))
  const [direct = [], free = [], charged = []] = latencies
  return { direct, free, charged, inside: await site.takeTimes(cell.replicas) }
}

const placesOf = (site: Site, replicas: readonly number[], accounts: number): readonly Place[] =>
  replicas.flatMap((count) =>
    [true, false].map((isHot) => ({
      site,
      cell: {
        storage: site.storage,
        replicas: count,
        isHot,
        accounts,
        floods: { charged: [], free: [] },
        paces: [],
      },
    })),
  )

/**
 * Every place once. What is compared follows one another: with money and without, one account and all. Which comes first
 * changes with the round.
 */
const round = async (bench: Bench, places: readonly Place[], number: number): Promise<void> => {
  const turned = <T>(values: readonly T[]): readonly T[] => (number % 2 === 0 ? values : values.toReversed())
  for (const group of turned(
    Object.values(Object.groupBy(places, ({ cell }) => `${cell.storage}, ${cell.replicas}`)),
  )) {
    for (const kind of turned(['charged', 'free'] as const))
      for (const place of turned(group ?? [])) place.cell.floods[kind].push(await flood(bench, place, kind))
    for (const place of turned(group ?? [])) place.cell.paces.push(await pace(bench, place))
  }
}

/** Everybody has been there before, and the code that runs has run. */
const warmUp = async ({ load }: Bench, sites: readonly Site[]): Promise<void> => {
  for (const site of sites) {
    for (const kind of ['charged', 'free'] as const) {
      const order: Touch = { kind: 'touch', way: wayTo(site, site.urls.length, false, kind), inFlight: IN_FLIGHT }
      answered(await load.ask<{ readonly failed: number }>(order))
    }
  }
}

const measure = async (bench: Bench, sites: readonly [Site, Site]): Promise<readonly Cell[]> => {
  const { accounts, rounds } = bench.plan
  const [sqlite, shared] = sites
  const places = [...placesOf(sqlite, [1], accounts), ...placesOf(shared, [1, REPLICAS], accounts)]
  await warmUp(bench, sites)
  for (let number = 0; number < rounds; number += 1) await round(bench, places, number)
  for (const site of sites) await site.check()
  return places.map(({ cell }) => cell)
}

const report = (cells: readonly Cell[], { rounds }: Plan): readonly string[] => [
  ...throughputTable(cells),
  '',
  ...latencyTable(cells),
  '',
  `Throughput with ${IN_FLIGHT} requests at once, latency with ${PER_SECOND} a second of each kind in turns, over asking`,
  `the provider directly, which answers at once. Medians of ${rounds} slices; in brackets the least and the most.`,
  '',
  ...verdicts(cells),
]

/** Measures everything and prints the tables. Starts what it needs, ends all of it, and keeps nothing. */
export const benchMoney = async (quick: boolean): Promise<void> => {
  const plan = quick ? QUICK : WHOLE
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-money-'))
  const stops: (() => Promise<void>)[] = []
  const stopping = <T extends { stop(): Promise<void> }>(started: T): T => {
    stops.unshift(() => started.stop())
    return started
  }
  try {
    const provider = stopping(await startProvider())
    const load = stopping(await startChild(join(import.meta.dir, 'load.ts'), []))
    const sqlite = stopping(await startSqlite(folder, provider.url, plan.accounts))
    const shared = stopping(await startPostgresAndRedis(folder, provider.url, plan.accounts, REPLICAS))
    const cells = await measure({ plan, load, providerUrl: provider.url }, [sqlite, shared])
    for (const line of report(cells, plan)) console.log(line)
  } finally {
    for (const stop of stops) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
