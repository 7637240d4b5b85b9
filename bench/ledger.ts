/// How fast the ledger grants and settles: `bun bench/ledger.ts`. PostgreSQL is a server of its own, with `fsync` on.
import { type DatabaseKind, DATABASES, makePlace } from '../test/harness/databases.ts'
import { migrate } from '../src/db/migrate.ts'
import { openStore } from '../src/db/store.ts'
import { holdRequest, ledgerOf, makeUser, receiptFor, receiptOf, usd } from '../src/ledger/fixture.ts'
import type { Ledger } from '../src/ledger/types.ts'

const SEQUENTIAL = 1_000
const PARALLEL = 64
const RUN_MS = 5_000
const MANY = 1_000

type Who = Awaited<ReturnType<typeof makeUser>>

let made = 0

const request = async (ledger: Ledger, who: Who, heading: ReturnType<typeof receiptOf>): Promise<void> => {
  made += 1
  const id = `req_${made}`
  const hold = await ledger.hold(holdRequest(who, id, 1_000n, { heading }))
  if (!hold.ok || !(await hold.value.durable).ok) throw new Error('a hold was refused')
  await ledger.settle(id, usd(700n), (outcome) => ({
    ...receiptFor(who, id)(outcome),
    prices: heading.prices,
    multipliers: heading.multipliers,
  }))
}

const sequential = async (ledger: Ledger, who: Who, heading: ReturnType<typeof receiptOf>): Promise<string> => {
  const times: number[] = []
  for (let index = 0; index < SEQUENTIAL; index++) {
    const began = performance.now()
    await request(ledger, who, heading)
    times.push(performance.now() - began)
  }
  times.sort((one, other) => one - other)
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

const parallel = async (ledgers: readonly Ledger[], users: readonly Who[], heading: ReturnType<typeof receiptOf>) => {
  const began = performance.now()
  let done = 0
  const work = async (lane: number): Promise<void> => {
    while (performance.now() - began < RUN_MS) {
      const ledger = ledgers[lane % ledgers.length]
      const who = users[Math.floor(Math.random() * users.length)]
      if (ledger && who) await request(ledger, who, heading)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, (_, lane) => work(lane)))
  await Promise.all(ledgers.map((ledger) => ledger.flush()))
  return `${Math.round((done * 1_000) / (performance.now() - began))} a second`
}

const measure = async (kind: DatabaseKind): Promise<void> => {
  const place = await makePlace(kind)
  const database = await place.open()
  await migrate(database)
  const ledger = ledgerOf(database)
  const parts = { store: openStore(database), ledger }
  const hot = await makeUser(parts, 10n ** 15n)
  const many: Who[] = []
  for (let index = 0; index < MANY; index++) many.push(await makeUser(parts, 10n ** 12n))
  const heading = receiptOf(hot, 'heading')
  const say = (what: string, result: string): void => console.log(`${kind.padEnd(9)} ${what.padEnd(44)} ${result}`)
  say('hold and settle, one after the other', await sequential(ledger, hot, heading))
  say(`${PARALLEL} at once, one account`, await parallel([ledger], [hot], heading))
  say(`${PARALLEL} at once, ${MANY} accounts`, await parallel([ledger], many, heading))
  if (kind === 'postgres') {
    const replicas = [ledger, ledgerOf(await place.open()), ledgerOf(await place.open())]
    say(`${PARALLEL} at once, one account, 3 replicas`, await parallel(replicas, [hot], heading))
    say(`${PARALLEL} at once, ${MANY} accounts, 3 replicas`, await parallel(replicas, many, heading))
  }
  const check = await ledger.check()
  say('the check', check.ok ? 'ok' : check.faults.join('; '))
  await place.remove()
}

for (const kind of DATABASES) await measure(kind)
process.exit(0)
