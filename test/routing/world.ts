import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Asked, DIALECTS, replyJson, type Script, sentHeader, type Stage, startStage } from '../faults/scripted.ts'

/// Groups with channels of several keys, in front of one scripted upstream that tells them apart by their keys.

/** A group: its channels from the first priority down, each with how many keys it has. */
export interface GroupPlan {
  readonly channels: readonly number[]
  readonly group?: Readonly<Record<string, unknown>>
  readonly provider?: Readonly<Record<string, unknown>>
  readonly key?: Readonly<Record<string, unknown>>
  /** All of one priority, so that the group's strategy decides. */
  readonly level?: true
}

/** What each of a group's keys answers: channel `a` has the keys `a1`, `a2`… */
export type Answers = Readonly<Record<string, Script>>

export interface World {
  readonly stage: Stage
  /** Asks with a key of this group. */
  ask(group: string, answers: Answers, body?: object, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Which keys were asked since the last time it was looked, in their order. */
  asked(): string[]
  /** The newest receipt, once it is there. */
  settled(): Promise<(ReceiptJson & { readonly attempts: readonly AttemptJson[] }) | undefined>
  stop(): Promise<void>
}

interface AttemptJson {
  readonly channel: string
  readonly key: string
  readonly why: string
  readonly status: number
  readonly error: string | null
}

const LETTERS = 'abcdef'

export const startWorld = async (plans: Readonly<Record<string, GroupPlan>>, config: object = {}): Promise<World> => {
  const providers: Record<string, unknown> = {}
  const channels: object[] = []
  const groups: Record<string, unknown> = {}
  const build = (url: string): void => {
    for (const [name, { channels: keyCounts, group = {}, provider = {}, key = {}, level }] of Object.entries(plans)) {
      groups[name] = group
      for (const [index, count] of keyCounts.entries()) {
        const id = `${name}-${LETTERS[index]}`
        const keys = Array.from({ length: count }, (_, at) => ({ key: `secret-key-of-${id}${at + 1}`, ...key }))
        providers[id] = { kind: 'openai-compatible', base_url: `${url}/v1`, keys, ...provider }
        channels.push({ id, provider: id, groups: [name], models: ['chat'], priority: level ? 0 : 9 - index })
      }
    }
  }
  const stage = await startStage((own) => {
    const { oc } = own.providers as { readonly oc: { readonly base_url: string } }
    build(new URL(oc.base_url).origin)
    return { providers, channels, groups, health: {}, ...config }
  })
  const customers = new Map<string, Customer>()
  const customerOf = async (group: string): Promise<Customer> => {
    const known = customers.get(group) ?? (await stage.gateway.createCustomer('100', { group }))
    customers.set(group, known)
    return known
  }
  let looked = 0
  return {
    stage,
    ask: async (group, answers, body = {}, headers = {}) => {
      const { key } = await customerOf(group)
      const script = byKey(answers)
      return stage.ask(DIALECTS.chat, script, { body: { ...body }, headers: { 'x-api-key': key, ...headers } })
    },
    asked: () => {
      const since = stage.upstream.asked.slice(looked)
      looked = stage.upstream.asked.length
      return since.map(keyOf)
    },
    settled: async () => (await stage.settled()) as Awaited<ReturnType<World['settled']>>,
    stop: () => stage.stop(),
  }
}

/** `a1` of the key `secret-key-of-group-a1`. */
const keyOf = (asked: Asked): string => sentHeader(asked, 'authorization')?.split('-').at(-1) ?? ''

const byKey =
  (answers: Answers): Script =>
  (socket, asked) => {
    const answer = answers[keyOf(asked)] ?? answers.any
    if (!answer) throw new Error(`nobody is to ask with ${keyOf(asked)}`)
    return answer(socket, asked)
  }

/** A plain answer of ten tokens read and five written. */
export const FINE = replyJson({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello world' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
})
export const FINE_USD = '0.000105000'
