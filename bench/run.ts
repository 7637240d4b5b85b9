// `npm run bench`: the gateway with everything on against nginx forwarding the same bytes, side by side;
// `npm run bench -- money`: what money adds, on every kind of storage; `npm run bench -- console`: the console's calls;
// `npm run bench -- sign-in`: whether the time of an answer tells who has an account.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchConsole } from './console.ts'
import { benchMoney } from './money/run.ts'
import { benchSignIn } from './sign-in.ts'
import { translationRows } from './translate.ts'
import { type Load, measure, startGateway, startNginx, startUpstream, type Target } from './targets.ts'

interface Scenario {
  readonly name: string
  readonly load: Load
}

const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 5
const scale = quick ? 0.1 : 1
const scenario = (
  name: string,
  bytes: number,
  stream: Load['stream'],
  requests: number,
  concurrency = 64,
): Scenario => ({
  name,
  load: { bytes, stream, requests: Math.ceil(requests * scale), concurrency, rate: 0 },
})

const SCENARIOS: readonly Scenario[] = [
  scenario('2 KB unary', 2_000, 'no', 20_000),
  scenario('60 KB unary', 60_000, 'no', 6_000),
  scenario('500 KB unary', 500_000, 'no', 1_500),
  scenario('2 KB, SSE of 50 events at once', 2_000, 'at-once', 8_000),
  scenario('60 KB, SSE of 50 events at once', 60_000, 'at-once', 4_000),
  scenario('2 KB, SSE of 50 events 5 ms apart', 2_000, 'paced', 4_000),
]

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const round = (value: number, places = 0): string => value.toFixed(places)

const compare = async (nginx: Target, gateway: Target, { name, load }: Scenario): Promise<string> => {
  const cpu: Record<string, number[]> = { nginx: [], gateway: [] }
  const rate: Record<string, number[]> = { nginx: [], gateway: [] }
  for (let pass = 0; pass < rounds; pass += 1) {
    for (const target of [nginx, gateway]) {
      const result = await measure(target, load)
      cpu[target.name]?.push(result.cpuMicros)
      rate[target.name]?.push(result.perSecond)
    }
  }
  const paced = { ...load, rate: 100, concurrency: 8, requests: Math.min(load.requests, quick ? 100 : 1_000) }
  const [floor, ours] = [await measure(nginx, paced), await measure(gateway, paced)]
  const floorCpu = median(cpu.nginx ?? [])
  const ourCpu = median(cpu.gateway ?? [])
  const added = `${round((ours.p50 - floor.p50) / 1_000, 2)} / ${round((ours.p99 - floor.p99) / 1_000, 2)}`
  return `| ${name} | ${round(floorCpu)} | ${round(ourCpu)} | **${round(ourCpu / floorCpu, 1)} ×** | ${median(rate.nginx ?? [])} | ${median(rate.gateway ?? [])} | ${added} |`
}

/** Compiling the code costs a new process 100 µs and more of each of its first requests, and nothing later. */
const WARM_UP_REQUESTS = Math.ceil(20_000 * scale)

/**
 * Who is asked less often costs more: each packet then wakes an idle core. So neither the faster nor the slower is
 * flattered where both are asked equally often.
 */
const SAME_LOAD: Load = {
  bytes: 2_000,
  stream: 'no',
  requests: Math.ceil(12_000 * scale),
  concurrency: 64,
  rate: 1_000,
}

const compareAtSameLoad = async (nginx: Target, gateway: Target): Promise<string> => {
  const [floor, ours]: [number[], number[]] = [[], []]
  for (let pass = 0; pass < rounds; pass += 1) {
    floor.push((await measure(nginx, SAME_LOAD)).cpuMicros)
    ours.push((await measure(gateway, SAME_LOAD)).cpuMicros)
  }
  const [one, other] = [median(floor), median(ours)]
  return `At ${SAME_LOAD.rate} requests a second of 2 KB each: nginx ${round(one)} µs, Tollgate ${round(other)} µs (${round(other / one, 1)} ×).`
}

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  const upstream = await startUpstream()
  const nginx = await startNginx(folder, upstream.port)
  const gateway = await startGateway(folder, upstream.port)
  try {
    const warmUp: Load = { bytes: 2_000, stream: 'no', requests: WARM_UP_REQUESTS, concurrency: 64, rate: 0 }
    await measure(nginx, warmUp)
    const cold = await measure(gateway, warmUp)
    console.log(
      '| request | nginx, CPU µs | Tollgate, CPU µs | ratio | nginx /s | Tollgate /s | added latency over nginx p50 / p99, ms |',
    )
    console.log('|---|---|---|---|---|---|---|')
    for (const each of SCENARIOS) console.log(await compare(nginx, gateway, each))
    console.log(`\n${await compareAtSameLoad(nginx, gateway)}`)
    console.log(
      `The first ${WARM_UP_REQUESTS} requests of 2 KB cost ${round(cold.cpuMicros)} µs each, with what it takes to compile the code.`,
    )
    console.log(`\nPeak memory: nginx worker ${nginx.peakMegabytes()} MB, Tollgate ${gateway.peakMegabytes()} MB.`)
    console.log(
      'Each on one core, 64 requests at once; medians of',
      rounds,
      'rounds, alternating. Latency at 100 requests a second.',
    )
    console.log(
      'nginx only forwards. Tollgate checks the key and limits, quotes, holds, meters, settles and writes a receipt.',
    )
    console.log('\nTranslating a stream: CPU µs an event (µs until the first bytes), in process:\n')
    for (const row of translationRows()) console.log(row)
  } finally {
    for (const target of [gateway, nginx, upstream]) target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv.includes('sign-in')) {
  await benchSignIn(quick)
  process.exit(0)
}
if (process.argv.includes('console')) {
  await benchConsole(process.argv)
  process.exit(0)
}
await (process.argv.includes('money') ? benchMoney(quick) : main())
