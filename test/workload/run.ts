// `npm run workload`: a generated workload with faults, and everything worked out again from what others remember of it.
import { parseArgs } from 'node:util'
import { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts'
import { reportOf } from './report.ts'
import { startReplicas } from './stage.ts'
import { runWorkload } from './workload.ts'

const USAGE = `npm run workload -- [--requests 20000] [--clients 48] [--users 24] [--replicas 3] [--seed 1] [--outage 3000]
  [--faults all | none | a list of ${FAULT_NAMES.join(', ')}]
  [--times 1]   how often each fault happens`

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    clients: { type: 'string', default: '48' },
    users: { type: 'string', default: '24' },
    replicas: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    outage: { type: 'string', default: '3000' },
    faults: { type: 'string', default: 'all' },
    times: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const chosen = (): readonly FaultName[] => {
  const names = values.faults === 'all' ? FAULT_NAMES : values.faults === 'none' ? [] : values.faults.split(',')
  const unknown = names.filter((name) => !Object.hasOwn(FAULTS, name))
  if (unknown.length > 0) throw new Error(`no fault ${unknown.join(', ')}\n${USAGE}`)
  return Array.from({ length: Number(values.times) }, () => names as FaultName[]).flat()
}

const main = async (): Promise<void> => {
  const faults = chosen()
  const seed = Number(values.seed)
  const stage = await startReplicas(Number(values.replicas), seed)
  try {
    const result = await runWorkload(stage, {
      ...{ seed, requests: Number(values.requests), clients: Number(values.clients), users: Number(values.users) },
      faults: faults.map((name) => ({ name, run: (random, outageMs) => FAULTS[name](stage, random, outageMs) })),
      outageMs: Number(values.outage),
      onProgress: say,
    })
    say(`\n${reportOf(result)}`)
    process.exitCode = result.faults.length === 0 ? 0 : 1
  } finally {
    await stage.stop()
  }
}

if (values.help) say(USAGE)
else await main()
