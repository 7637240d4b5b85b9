import { expect } from 'bun:test'
import { DIALECTS, type Script } from '../faults/scripted.ts'
import type { Customer } from '../harness/admin.ts'
import { until } from '../harness/server-process.ts'
import { STORAGE } from '../harness/storage.ts'
import { AT_ONCE, END_MARK, FIRST_CONTENT, type Kind, type Point, STOP_HEADER } from './points.ts'
import type { Outcome, Row } from './rows.ts'
import { inPieces, WHOLE } from './script.ts'
import type { World } from './world.ts'

/** A client, and what it has of its answer so far. */
export interface Client {
  readonly text: () => string
  readonly has: () => Outcome['client']
  /** Resolves when the answer has ended or its connection has broken. */
  readonly over: Promise<void>
  /** How often the provider was asked for it. */
  readonly timesAsked: () => number
}

/** Asks the gateway under test. `stop`: the point to stop at; empty: to be followed only; `undefined`: neither. */
export const ask = ({ upstream, tested }: World, customer: Customer, kind: Kind, stop: string | undefined): Client => {
  let text = ''
  const clientHas = (part: string): Promise<void> => until(`the client has ${part}`, () => text.includes(part))
  // Where it dies the client never has it, and nobody is left to be told the rest.
  const patient: Script = (socket, asked) => Promise.resolve(inPieces(clientHas)(socket, asked)).catch(() => undefined)
  const prompt = upstream.plays(kind === 'stream' ? patient : WHOLE)
  const { path, body } = DIALECTS.chat
  const read = async (): Promise<void> => {
    const headers = { 'x-api-key': customer.key, 'content-type': 'application/json' }
    const answer = await fetch(tested().url + path, {
      method: 'POST',
      headers: { ...headers, ...(stop === undefined ? {} : { [STOP_HEADER]: stop }) },
      body: JSON.stringify({ ...body(prompt), stream: kind === 'stream' }),
    })
    const decoder = new TextDecoder()
    for await (const piece of answer.body ?? []) text += decoder.decode(piece, { stream: true })
  }
  const mark = new RegExp(`${prompt}\\b`)
  return {
    text: () => text,
    has: () => hasOf(kind, text),
    over: read().catch(() => undefined),
    timesAsked: () => upstream.asked.filter((asked) => mark.test(asked.text)).length,
  }
}

const hasOf = (kind: Kind, text: string): Outcome['client'] => {
  if (text === '') return 'nothing'
  if (kind === 'stream') return text.includes(END_MARK) ? 'all of it' : 'its beginning'
  expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: `${FIRST_CONTENT} world` } }] })
  return 'all of it'
}

/** What was seen of one row, to be compared when those who live have done what they do. */
export interface Evidence {
  readonly row: Row
  readonly customer: Customer
  readonly client: Outcome['client']
  readonly timesAsked: number
  /** Why it could not be seen what the row says; `undefined`: it could. */
  readonly fault: string | undefined
  /** Whether the books were sound when the process had been started again, before anything was given back. */
  readonly isSound: boolean
}

/** Serves one request, kills the process in the next, and starts it again. */
export const drive = async (world: World, row: Row): Promise<Evidence> => {
  const customer = await world.witness().createCustomer('1', { rpm: 1_000 })
  const served = ask(world, customer, row.kind, undefined)
  await served.over
  expect(served.has()).toBe('all of it')
  // Its charge is written some milliseconds after its end; the process is not to die before that.
  const isCharged = async () => (await world.witness().requests({ user_id: customer.userId })).length === 1
  await until(`${row.kind} is charged before ${row.point.name}`, isCharged)

  const client = ask(world, customer, row.kind, stopAt(row.point))
  const fault = await comeToRest(world, row, client)
  await world.restart()
  await client.over
  const { ok } = await world.witness().ledgerCheck()
  return { row, customer, fault, client: client.has(), timesAsked: client.timesAsked(), isSound: ok }
}

/** Why the request did not come to where it is to be; the other rows are looked at all the same. */
const comeToRest = async (world: World, row: Row, client: Client): Promise<string | undefined> => {
  try {
    await until(`it stops at ${row.point.name}`, world.isStopped)
    await until(`it is at rest at ${row.point.name}`, () => isAtRest(world, row, client))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** While PostgreSQL does not answer a request for a hold, its client is told so after some seconds. */
const isHasty = ({ name, atOnce }: Point): boolean =>
  atOnce === true || (STORAGE === 'postgres' && (name === 'hold-unwritten' || name === 'hold-written'))

const stopAt = (point: Point): string => point.name + (isHasty(point) ? AT_ONCE : '')

/** What goes on beside the step where it stopped has been done: others have what they are to have, writes are on disk. */
const isAtRest = (world: World, { point, outcome }: Row, client: Client): boolean => {
  if (client.has() !== outcome.client || client.timesAsked() !== (outcome.provider === 'nothing' ? 0 : 1)) return false
  if (isHasty(point)) return true
  const passed = new Set(world.trace())
  const isDone = (what: 'hold' | 'charge'): boolean =>
    point.name === `${what}-unwritten` || !passed.has(`${what}-unwritten`) || passed.has(`${what}-written`)
  return isDone('hold') && isDone('charge')
}
