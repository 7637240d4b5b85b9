import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startReplayed } from '../harness/replayed.ts'
import { APIS, bodyBytes, type Interaction } from '../replay/interaction.ts'
import { LEFT_OUT } from './ask.ts'
import { blamesTheAccount, EXCEPTIONS, UNJUDGED } from './exceptions.ts'
import { RULES } from './expectation.ts'
import { failed, judge, type Stage, type Verdict } from './passthrough.ts'
import { ownFixtures, recordings } from './recordings.ts'

const CONCURRENT = 32
const TEST_TIMEOUT_MS = 300_000
const FAULTS_SHOWN_MAX = 60

const own = ownFixtures()
const recorded = recordings()

/**
 * The smallest answers byte by byte, larger ones in larger pieces, and every eighth large stream in small ones after
 * all: each cut is tried on many recordings, and a run stays short. Nothing of it is left to chance.
 */
const pieceFor = (interaction: Interaction, turn: number): number => {
  const { length } = bodyBytes(interaction)
  if (!interaction.stream) return length < 500 ? 1 : length < 1_500 ? 7 : 4_096
  if (length < 1_500) return 1
  return length < 8_000 || (turn % 8 === 0 && length < 60_000) ? 7 : 4_096
}

let stage: Stage

beforeAll(async () => {
  // On a slow machine a stream may wait for its content longer than by default: a sign of life would be no vendor's byte.
  const config = { streams: { peek: '30s' } }
  const { gateway, replay, models } = await startReplayed([...own, ...recorded], { unjudged: UNJUDGED, config })
  stage = { gateway, replay, models, customer: await gateway.createCustomer('1000000') }
}, TEST_TIMEOUT_MS)

afterAll(async () => {
  await stage.gateway.stop()
  await stage.replay.stop()
}, TEST_TIMEOUT_MS)

const tally = { asked: 0, identical: 0, usageReported: 0, usageRight: 0, byRule: new Map<string, number>() }

const count = (verdict: Verdict, id: string): void => {
  tally.asked += 1
  if (verdict.identical) tally.identical += 1
  if (verdict.usageRight !== undefined) tally.usageReported += 1
  if (verdict.usageRight) tally.usageRight += 1
  for (const rule of [
    verdict.rule,
    EXCEPTIONS[id] && 'named one by one',
    ...verdict.leftOut.map((name) => `asked without ${name}`),
  ]) {
    if (rule !== undefined) tally.byRule.set(rule, (tally.byRule.get(rule) ?? 0) + 1)
  }
}

/**
 * Judges all of them, some at a time, and fails with one list of everything that was wrong. An answer that blames the
 * account stops its key until another one went well: such come first, one by one, and one that is well after them.
 */
const judgeAll = async (
  interactions: readonly Interaction[],
  piece: (interaction: Interaction, turn: number) => number,
): Promise<void> => {
  const blaming = interactions.filter(({ id }) => blamesTheAccount(id))
  const ordered = [...blaming, ...interactions.filter(({ id }) => !blamesTheAccount(id))]
  const alone = blaming.length === 0 ? 0 : blaming.length + 1
  const faults: string[] = []
  let next = 0
  const judgeNext = async (): Promise<void> => {
    const turn = next++
    const interaction = ordered[turn]
    if (!interaction) return
    const verdict = await judge(stage, interaction, piece(interaction, turn), turn).catch((error: unknown) =>
      failed(String(error)),
    )
    count(verdict, interaction.id)
    faults.push(...verdict.faults.map((fault) => `${interaction.id}: ${fault}`))
  }
  while (next < alone) await judgeNext()
  const work = async (): Promise<void> => {
    while (next < ordered.length) await judgeNext()
  }
  await Promise.all(Array.from({ length: CONCURRENT }, work))
  if (faults.length === 0) return
  const shown = faults.sort().slice(0, FAULTS_SHOWN_MAX)
  throw new Error(`${faults.length} faults in ${interactions.length} answers:\n${shown.join('\n')}`)
}

const summary = (what: string): string => {
  const { asked, identical, usageReported, usageRight, byRule } = tally
  const rules = [...byRule].map(([rule, times]) => `${rule} ${times}`).join(', ') || 'none'
  return `pass-through: ${identical} of ${asked} ${what} byte-identical, usage right on ${usageRight} of ${usageReported}; exceptions: ${rules}`
}

const reset = (): void => {
  Object.assign(tally, { asked: 0, identical: 0, usageReported: 0, usageRight: 0, byRule: new Map<string, number>() })
}

describe('the pass-through lane, on our own fixtures', () => {
  for (const pieceBytes of [1, 7, 4_096]) {
    test(
      `hands over every answer byte for byte and meters it as the vendor did, in pieces of ${pieceBytes}`,
      async () => {
        reset()
        await judgeAll(own, () => pieceBytes)
        console.log(summary('fixtures'))
      },
      TEST_TIMEOUT_MS,
    )
  }
})

const onRecordings = (): void => {
  beforeAll(reset)
  for (const api of APIS) {
    const answers = recorded.filter((interaction) => interaction.api === api)
    if (answers.length === 0) continue
    test(
      `hands over all ${answers.length} answers of ${api} byte for byte and meters them as the vendor did`,
      () => judgeAll(answers, pieceFor),
      TEST_TIMEOUT_MS,
    )
  }
  afterAll(() => {
    console.log(summary('recordings'))
    for (const [rule, meaning] of Object.entries(RULES))
      if (tally.byRule.has(rule)) console.log(`  ${rule}: ${meaning}`)
    for (const [name, { why }] of Object.entries(LEFT_OUT)) {
      if (tally.byRule.has(`asked without ${name}`)) console.log(`  asked without ${name}: ${why}`)
    }
    for (const [id, reasons] of Object.entries(EXCEPTIONS))
      console.log(`  ${id}: ${[...new Set(Object.values(reasons))].join('; ')}`)
  })
}

// Not a skipped suite: without recordings there is nothing of it, and the runner says so.
if (recorded.length > 0) describe('the pass-through lane, on recorded traffic', onRecordings)

describe('after all of it', () => {
  test('no vendor saw a Tollgate key, a wrong credential or a changed stream flag', () => {
    expect(stage.replay.complaints()).toEqual([])
  })

  test('no vendor was sent what it would refuse', () => {
    expect(stage.replay.refused()).toEqual([])
  })

  test('the ledger adds up and holds nothing back', async () => {
    const check = await stage.gateway.ledgerCheck()
    expect(check).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
  })
})
