import { connect, type Socket } from 'node:net'
import {
  type AskInit,
  CHAT,
  chatAnswer,
  type Dialect,
  DIALECTS,
  type Script,
  type Stage,
  type Stream,
  stream,
} from '../faults/scripted.ts'
import type { Customer } from '../harness/admin.ts'
import { until } from '../harness/server-process.ts'
import type { Case } from './row.ts'

/// How customers ask and leave, and what providers tell them meanwhile.

const { chat } = DIALECTS
export const STREAM = { body: { stream: true } }
export const HELLO = CHAT.text('Hello')
export const SPOKEN = HELLO + CHAT.text(' world')
export const END = CHAT.end(10, 5)
/** Why it ended, and nothing of what it used. */
export const FINISH = END.slice(0, END.indexOf('\n\n') + 2)
/** What follows that. */
export const REPORT = END.slice(FINISH.length)
export const DONE = 'data: [DONE]\n\n'
/** An end without a usage. */
export const UNREPORTED_END = END.replace(/data: \{[^\n]*"usage"[^\n]*\n\n/, '')
export const WHOLE = JSON.stringify(chatAnswer())
export const UNREPORTED = JSON.stringify(chatAnswer({ usage: undefined }))

/** Longer than the gateway takes to notice a hang-up. */
export const NOTICED_MS = 500

/** A stream of these events, and its end. */
export const tells = (...events: readonly string[]): Script =>
  stream(async (out) => {
    for (const event of events) await out.write(event)
    out.end()
  })

/** A stream of these events, and the connection is reset. */
export const breaksOff =
  (...events: readonly string[]): Script =>
  async (socket, asked) => {
    await stream(async (out) => {
      for (const event of events) await out.write(event)
    })(socket, asked)
    // What arrives together with the break may go down with it.
    await Bun.sleep(200)
    socket.resetAndDestroy()
  }

/** A stream of one event, and of the others once somebody has left. */
export const tellsOn =
  (first: string, ...others: readonly string[]) =>
  (left: Promise<void>): Script =>
    stream(async (out) => {
      await out.write(first)
      await left
      for (const event of others) await out.write(event)
      out.end()
    })

/** A stream for as long as it is listened to. */
export const endlessly = async (out: Stream): Promise<void> => {
  for (; !out.gone; await Bun.sleep(200)) await out.write(HELLO)
}

/** A whole answer, its first part at once, and the rest once somebody has left. */
export const answersOn =
  (body: string) =>
  (left: Promise<void>): Script =>
  async (socket) => {
    beginsAnswer(socket, body.length)
    socket.write(body.slice(0, 40))
    await left
    socket.write(body.slice(40))
  }

export const beginsAnswer = (socket: Socket, bytes: number): void => {
  socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`)
}

/** Nothing, until somebody has left. */
export const waits =
  (script: Script) =>
  (left: Promise<void>): Script =>
  async (socket, asked) => {
    await left
    await script(socket, asked)
  }

export const silent: Script = () => undefined

export interface Leaving {
  readonly plan?: string
  readonly init?: AskInit
  /** In whose format it asks; Chat, where this is left out. */
  readonly dialect?: Dialect
  /** What it has read of the answer before it leaves; without, it leaves before it has any. */
  readonly after?: RegExp
}

/** Customers of one gateway, each of whom asks once. */
export interface Customers {
  newCustomer(plan?: string): Promise<Customer>
  /** Asks, and reads what it gets. */
  asks(script: Script | string, init?: AskInit, dialect?: Dialect): Promise<Case>
  /** Asks, and leaves. The script is given a promise of that, kept when the gateway must have noticed. */
  leaves(script: (left: Promise<void>) => Script, leaving?: Leaving): Promise<Case>
  /** Opens a connection that asks so, and never reads. */
  opens(text: string): Socket
}

export const customersOf = (stage: () => Stage): Customers => {
  const newCustomer = async (plan?: string): Promise<Customer> => {
    const { gateway } = stage()
    const userId = await gateway.createUser(undefined, plan === undefined ? {} : { plan })
    await gateway.credit(userId, '100')
    const { id, key } = await gateway.createKey({ user_id: userId })
    return { userId, keyId: id, key }
  }
  const asks: Customers['asks'] = async (script, init = {}, dialect = chat) => {
    const customer = await newCustomer()
    const headers = { 'x-api-key': customer.key, ...init.headers }
    const answer = await stage().ask(dialect, script, { ...init, headers })
    return { customer, admin: stage().gateway, seen: { status: answer.status, text: await answer.text() } }
  }
  const leaves: Customers['leaves'] = async (script, { plan, init, after, dialect = chat } = {}) => {
    const { gateway, upstream } = stage()
    const customer = await newCustomer(plan)
    const { promise: left, resolve } = Promise.withResolvers<void>()
    const controller = new AbortController()
    const askedBefore = upstream.asked.length
    const asked = { ...init, headers: { 'x-api-key': customer.key }, signal: controller.signal }
    const reading = stage()
      .ask(dialect, script(left), asked)
      .then((answer) => readUntil(answer, after))
    // It is about to be cut.
    reading.catch(() => undefined)
    await until('the request upstream', () => upstream.asked.length > askedBefore)
    if (after) await reading
    controller.abort()
    await Bun.sleep(NOTICED_MS)
    resolve()
    return { customer, admin: gateway, seen: undefined }
  }
  const opens = (text: string): Socket => {
    const socket = connect(Number(new URL(stage().gateway.url).port), '127.0.0.1')
    socket.on('error', () => socket.destroy())
    socket.pause()
    socket.write(text)
    return socket
  }
  return { newCustomer, asks, leaves, opens }
}

/** Reads until it has seen what it waits for, and keeps the answer open; all of it where it waits for nothing. */
const readUntil = async ({ body }: Response, after: RegExp | undefined): Promise<void> => {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  for (let text = ''; !after?.test(text); ) {
    const next = await reader?.read()
    if (!next || next.done) return
    text += decoder.decode(next.value, { stream: true })
  }
}
