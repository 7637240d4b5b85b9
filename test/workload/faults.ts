import type { Random } from './random.ts'
import { HOLD_TIMEOUT_MS, type Stage } from './stage.ts'

/** Something that breaks while requests are made, and is whole again when the promise resolves. */
type Break = (stage: Stage, random: Random, outageMs: number) => Promise<void>

/** Others look for the holds of the dead every five seconds. */
const SWEPT_MS = 11_000
/** A replica whose database was slow for a moment thinks nobody dead for a minute. */
const GIVEN_UP_MS = 90_000

const BUSY_REQUESTS = 5
const BUSY_WITHIN_MS = 10_000

/** Until several of a replica's requests are under way: a single one may well be one that costs nothing. */
const untilBusy = async (url: string): Promise<void> => {
  const untilMs = Date.now() + BUSY_WITHIN_MS
  while (Date.now() < untilMs) {
    const told = await (await fetch(`${url}/metrics`)).text()
    if (Number(/^tollgate_requests_open (\d+)/m.exec(told)?.[1] ?? 0) >= BUSY_REQUESTS) return
  }
}

const serversOf = ({ servers }: Stage) => {
  if (!servers) throw new Error('this stage has neither PostgreSQL nor Redis')
  return servers
}

/** What can be asked for with `--faults`. */
export const FAULTS = {
  'kill-replica': (stage, random, outageMs) =>
    stage.killAndRestart(random.between(0, stage.gateways.length - 1), outageMs / 4),
  // Early in a run: for a minute after the database was away for all of them nobody is thought dead.
  'cut-off-replica': async (stage, random) => {
    const index = random.between(0, stage.gateways.length - 1)
    const proxy = serversOf(stage).proxies[index]
    const other = stage.gateways[(index + 1) % stage.gateways.length]
    const fromMs = Date.now()
    const since = new Date(fromMs - HOLD_TIMEOUT_MS).toISOString()
    const givenUp = async () => (await other?.requests({ since }))?.filter(({ ended }) => ended === 'abandoned').length
    const before = await givenUp()
    await untilBusy(stage.gateways[index]?.url ?? '')
    if (random.chance(0.5)) proxy?.sever()
    else proxy?.hold()
    await Bun.sleep(HOLD_TIMEOUT_MS + SWEPT_MS)
    while ((await givenUp()) === before && Date.now() - fromMs < GIVEN_UP_MS) await Bun.sleep(2_000)
    proxy?.release()
  },
  'freeze-redis': async (stage, _, outageMs) => {
    const { redis } = serversOf(stage)
    redis.suspend()
    await Bun.sleep(outageMs)
    redis.resume()
  },
  'flush-redis': (stage) => serversOf(stage).redis.flush(),
  'restart-redis': async (stage, _, outageMs) => {
    const { redis } = serversOf(stage)
    await redis.kill()
    await Bun.sleep(outageMs)
    await redis.start()
  },
  'freeze-postgres': async (stage, _, outageMs) => {
    const { postgres } = serversOf(stage)
    postgres.suspend()
    await Bun.sleep(outageMs)
    postgres.resume()
  },
  'restart-postgres': (stage) => serversOf(stage).postgres.restart(),
  'kill-postgres': async (stage, _, outageMs) => {
    const { postgres } = serversOf(stage)
    await postgres.kill()
    await Bun.sleep(outageMs)
    await postgres.start()
  },
  'cut-connections': async (stage, random, outageMs) => {
    const untilMs = Date.now() + outageMs
    while (Date.now() < untilMs) {
      for (const proxy of serversOf(stage).proxies) proxy.cut()
      await Bun.sleep(random.between(20, 300))
    }
  },
  'hold-connections': async (stage, _, outageMs) => {
    const { proxies } = serversOf(stage)
    for (const proxy of proxies) proxy.hold()
    await Bun.sleep(outageMs)
    for (const proxy of proxies) proxy.release()
  },
} as const satisfies Readonly<Record<string, Break>>

export type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

/** A fault that was, for what it cost. */
export interface Outage {
  readonly name: string
  readonly fromMs: number
  readonly untilMs: number
}

export const breakNow = async (
  name: string,
  run: (random: Random, outageMs: number) => Promise<void>,
  random: Random,
  outageMs: number,
): Promise<Outage> => {
  const fromMs = Date.now()
  await run(random, outageMs)
  return { name, fromMs, untilMs: Date.now() }
}
