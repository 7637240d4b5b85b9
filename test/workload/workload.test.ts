import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { makeDisk } from './disk.ts'
import { FAULTS, type FaultName } from './faults.ts'
import { recompute } from './recompute.ts'
import { costOf, reportOf } from './report.ts'
import { type Stage, startReplicas, startSingle } from './stage.ts'
import { type Result, runWorkload, type WorkloadOptions } from './workload.ts'

const START_MS = 90_000
const RUN_MS = 240_000

const SMALL: Omit<WorkloadOptions, 'seed' | 'requests' | 'faults'> = { clients: 24, users: 12, outageMs: 1_500 }

/** Says all that went wrong, and the whole table with it. */
const expectSound = (result: Result): void => {
  if (result.faults.length > 0) throw new Error(reportOf(result))
  expect(result.chargedNano).toBe(result.recomputedNano)
  expect(result.balancesNano).toBe(result.expectedBalancesNano)
  expect(result.chargedNano > 0n).toBe(true)
}

/** Some requests were given up by the others and charged all the same; without those receipts it would not add up. */
const expectLateEnds = ({ evidence, late }: Result): void => {
  expect(late.receipts).toBeGreaterThan(0)
  expect(late.chargedNano > 0n).toBe(true)
  const isLate = ({ corrects }: { readonly corrects?: string }) => corrects !== undefined
  const [one] = evidence.receipts.filter(isLate)
  const planted = [
    evidence.receipts.filter((receipt) => !isLate(receipt)),
    evidence.receipts.filter(({ request_id: id }) => id !== one?.corrects),
    evidence.receipts.map((receipt) => (receipt === one ? { ...receipt, cost_usd: '0.000000001' } : receipt)),
    evidence.receipts.map((receipt) =>
      receipt.request_id === one?.corrects ? { ...receipt, ended: 'whole' as const } : receipt,
    ),
  ]
  for (const receipts of planted) expect(recompute({ ...evidence, receipts }).faults).not.toEqual([])
}

describe('three replicas on one PostgreSQL and one Redis', () => {
  let stage: Stage
  let sound: Result

  beforeAll(async () => {
    stage = await startReplicas(3, 11)
  }, START_MS)
  afterAll(async () => {
    await stage?.stop()
  }, START_MS)

  test(
    'charge a mixed workload as it is worked out without them, to the nano-dollar',
    async () => {
      sound = await runWorkload(stage, { ...SMALL, seed: 11, requests: 1_500, users: 24, faults: [] })
      expectSound(sound)
      expect(sound.lostToKills).toBe(0)
      const endings = ['whole', 'failed', 'client_cut', 'upstream_cut']
      expect(Object.keys(sound.endings).sort()).toEqual(endings.sort())
    },
    RUN_MS,
  )

  test('are caught at every kind of wrong charge that the recomputation is for', () => {
    const { evidence } = sound
    const whole = evidence.receipts.findIndex(({ ended, cost_usd }) => ended === 'whole' && cost_usd > '0.000000100')
    const other = (change: object) =>
      recompute({
        ...evidence,
        receipts: evidence.receipts.map((one, at) => (at === whole ? { ...one, ...change } : one)),
      })
    const receipt = evidence.receipts[whole]
    const planted = [
      other({ cost_usd: '0.000000001' }),
      other({ usage: { ...receipt?.usage, output: 1_000_001 } }),
      other({ ended: 'failed' }),
      recompute({ ...evidence, receipts: evidence.receipts.filter((_, at) => at !== whole) }),
      recompute({ ...evidence, receipts: [...evidence.receipts, ...(receipt ? [receipt] : [])] }),
      recompute({ ...evidence, daily: evidence.daily.slice(1) }),
      recompute({ ...evidence, checks: evidence.checks.map((check) => ({ ...check, open_holds: 1 })) }),
    ]
    expect(planted.filter(({ faults }) => faults.length === 0)).toEqual([])
    expect(recompute(evidence).faults).toEqual([])
  })

  // Dead replicas, and such as seem so, first: for a minute after the database was away nobody's holds are given back.
  const names: readonly FaultName[] = [
    'kill-replica',
    'cut-off-replica',
    'freeze-redis',
    'flush-redis',
    'restart-redis',
    'freeze-postgres',
    'restart-postgres',
    'kill-postgres',
    'cut-connections',
    'hold-connections',
  ]
  test.each(names)(
    'neither lose nor repeat a charge, and hold nothing in the end: %s',
    async (name) => {
      const run: WorkloadOptions['faults'][number]['run'] = (random, outageMs) => FAULTS[name](stage, random, outageMs)
      const result = await runWorkload(stage, { ...SMALL, seed: 12, requests: 300, faults: [{ name, run }] })
      expectSound(result)
      expect(result.outages).toHaveLength(1)
      if (name === 'cut-off-replica') expectLateEnds(result)
      // What it cost those who asked meanwhile is part of the result.
      console.log(`${name}: ${result.outages.map((outage) => costOf(result, outage).refused)[0]} tries refused`)
    },
    RUN_MS,
  )

  test('are all of the faults there are', () => {
    expect([...names].sort()).toEqual((Object.keys(FAULTS) as FaultName[]).sort())
  })
})

describe('one gateway on SQLite', () => {
  test(
    'neither loses nor repeats a charge when its disk is full for a while',
    async () => {
      const disk = makeDisk()
      const stage = await startSingle(disk.folder, 13)
      try {
        const pid = stage.gateways[0]?.pid ?? 0
        const run = async (_: unknown, outageMs: number): Promise<void> => {
          disk.fill(pid)
          await Bun.sleep(outageMs)
          disk.free(pid)
        }
        const faults = [{ name: 'fill-disk', run }]
        const result = await runWorkload(stage, { ...SMALL, seed: 13, requests: 800, outageMs: 5_000, faults })
        expectSound(result)
        expect(stage.gateways[0]?.output()).toMatch(/disk is full|disk I\/O error/)
        console.log(
          `fill-disk (${disk.kind}): ${result.outages.map((outage) => costOf(result, outage).refused)[0]} tries refused`,
        )
      } finally {
        await stage.stop()
        disk.remove()
      }
    },
    RUN_MS,
  )
})

describe('the recomputation', () => {
  const importsOf = (path: string): readonly string[] =>
    [...readFileSync(path, 'utf8').matchAll(/^(?:import|\} from|export .* from)(?! type).*'(\.[^']+)'/gm)].map(
      ([, target = '']) => normalize(join(dirname(path), target)),
    )

  test('shares no code with the product, nor with what starts it', () => {
    const seen = new Set<string>()
    const follow = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      for (const target of importsOf(path)) follow(target)
    }
    follow('test/workload/recompute.ts')
    expect(seen.size).toBeGreaterThan(7)
    expect([...seen].filter((path) => !path.startsWith('test/workload/'))).toEqual([])
    expect([...seen].filter((path) => /src\//.test(readFileSync(path, 'utf8')))).toEqual([])
  })
})
