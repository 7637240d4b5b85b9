import { isBaseUrl, isModelName, type Surroundings } from '../../setup/plan.ts'
import { clientOf } from '../../setup/clients.ts'
import type { Client } from '../../setup/types.ts'
import { err, ok, type Result } from '../../result.ts'
import { configurationOf } from '../configuration.ts'
import { type Call, EXIT, textOf } from '../io.ts'
import { type Kept, readKept } from './state.ts'
import { surroundingsOf } from './surroundings.ts'

/** Who is set up, by which gateway. */
export interface Errand {
  readonly client: Client
  readonly base: string
  /** As it was asked for; `undefined`: whichever suits. */
  readonly model: string | undefined
}

/** The client that was named, or what to say to whoever named it. */
export const clientIn = (call: Call): Result<Client, string> => {
  const name = call.positionals[0] ?? ''
  const client = clientOf(name)
  return client
    ? ok(client)
    : err(`There is no client ${JSON.stringify(name.slice(0, 40))}. \`tollgate setup list\` names those there are.`)
}

/** What a command line is about: the client, what was kept of setting it up, and the errand. */
export interface Situation extends Errand {
  readonly call: Call
  readonly around: Surroundings
  readonly kept: Kept | undefined
}

/** Reads all of that, or says what is wrong and gives the exit code. */
export const situationOf = (call: Call): Result<Situation, number> => {
  const refuse = (message: string, code: number): Result<Situation, number> => {
    call.io.problem(`${message}\n`)
    return err(code)
  }
  const client = clientIn(call)
  if (!client.ok) return refuse(client.error, EXIT.usage)
  const around = surroundingsOf(call.io.environment)
  const kept = readKept(around.homeFolder, client.value.id)
  if (!kept.ok) return refuse(kept.error, EXIT.failure)
  const errand = errandOf(call, client.value, kept.value)
  return errand.ok ? ok({ ...errand.value, call, around, kept: kept.value }) : refuse(errand.error, EXIT.usage)
}

/** The errand of a command line: what it leaves out is as it was, else as this machine's gateway has it. */
const errandOf = (call: Call, client: Client, kept: Kept | undefined): Result<Errand, string> => {
  const given = textOf(call, 'base-url') ?? call.io.environment.TOLLGATE_BASE_URL ?? kept?.manifest.base ?? ownUrl(call)
  const base = (given ?? '').replace(/\/+$/, '').replace(/\/v1(?:beta)?$/, '')
  if (!isBaseUrl(base))
    return err(
      `${JSON.stringify(base.slice(0, 100))} is not a base URL. Give one with --base-url https://gateway.example`,
    )
  const model = textOf(call, 'model')
  if (model !== undefined && !isModelName(model))
    return err(`${JSON.stringify(model.slice(0, 100))} is not a name of a model.`)
  return ok({ client, base, model })
}

const ANYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]'])

/** The address of the gateway of this machine's configuration. */
const ownUrl = (call: Call): string | undefined => {
  const config = configurationOf(call)
  if (!config) return undefined
  const { host, port } = config.listen
  const named = ANYWHERE.has(host) ? '127.0.0.1' : host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return config.publicUrl ?? `http://${named}:${port}`
}
