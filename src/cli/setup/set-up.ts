import { type Made, writtenValue } from '../../setup/edit.ts'
import { chooseModel, fill, isModelName, planOf, signsOf, type Surroundings } from '../../setup/plan.ts'
import type { Client } from '../../setup/types.ts'
import { type Call, EXIT } from '../io.ts'
import { type Situation, situationOf } from './base.ts'
import { diff } from './diff.ts'
import { makeFolders, readPresent } from './files.ts'
import { offerOf, tryRequest } from './gateway.ts'
import { readKey } from './key.ts'
import { keep, type Kept, readKept } from './state.ts'
import { conflictsOf, traceOf } from './surroundings.ts'
import { tellReached } from './tell.ts'
import { keptOf, type Outcome, workOut, writeOutcomes } from './write.ts'

/** A file's part of a plan shows this where the key will be. */
const UNSEEN_KEY = '(your key)'

/** `tollgate setup <client>`: changes what it must, then sends a request as the client will. */
export const runSetUp = async (call: Call): Promise<number> => {
  const situation = situationOf(call)
  if (!situation.ok) return situation.error
  const { client, around } = situation.value
  if (client.changes.length > 0 && traceOf(client, around) === undefined && call.values.anyway !== true) {
    call.io.problem(`${absent(client, around)}\n`)
    return EXIT.failure
  }
  return call.values['dry-run'] === true ? show(situation.value) : perform(situation.value)
}

const absent = (client: Client, around: Surroundings): string => {
  const places = [...(client.program ? [`the command ${client.program}`] : []), ...signsOf(client, around)]
  return `${client.name} is not on this machine. Looked for: ${places.join(', ')}. Nothing was changed. Install it first, or set it up all the same with --anyway.`
}

/** What would be changed, without asking for a key. */
const show = ({ client, base, model, call, around, kept }: Situation): number => {
  const wanted = model ?? kept?.manifest.model ?? 'MODEL'
  const worked = workOut(planOf(client, { base, model: wanted, models: [] }, around), UNSEEN_KEY, kept)
  if (!worked.ok) {
    call.io.problem(`${worked.error}\n`)
    return EXIT.failure
  }
  const changes = worked.value.filter(({ present, after }) => present.text !== after)
  for (const { present, after } of changes) call.io.out(diff(present.file, present.text, after))
  if (model === undefined && kept === undefined && client.changes.length > 0)
    call.io.out('The model is chosen when the gateway is asked; --model names one.\n')
  if (client.changes.length === 0) call.io.out(`${stepsOf(client, base, wanted)}\n`)
  call.io.out('Nothing was changed.\n')
  return EXIT.success
}

const perform = async (situation: Situation): Promise<number> => {
  const { client, base, call, around, kept } = situation
  const refuse = (message: string): number => {
    call.io.problem(`${message}\n`)
    return EXIT.failure
  }
  const sources = { environment: call.io.environment, fromInput: call.values['key-stdin'] === true }
  const key = await readKey({ ...sources, present: keyIn(kept) })
  if (!key.ok) return refuse(key.error)
  const offer = await offerOf(base, client, key.value)
  if (!offer.ok) return refuse(`${offer.error} Nothing was changed.`)
  const model = situation.model ?? chosen(client, offer.value.models, kept)
  if (model === undefined || !isModelName(model))
    return refuse('This key may use no model. Nothing was changed. Name one with --model.')
  const worked = workOut(planOf(client, { base, model, models: offer.value.models }, around), key.value, kept)
  if (!worked.ok) return refuse(worked.error)
  write(situation, model, worked.value)
  // What is sent is what the client will read, not what was meant to be written.
  const written = readKept(around.homeFolder, client.id)
  call.io.out(`${stepsOf(client, base, model)}\n`)
  return test(situation, { key: (written.ok ? keyIn(written.value) : undefined) ?? key.value, model })
}

/** The model of the set-up before, while it is there. */
const chosen = (client: Client, models: readonly string[], kept: Kept | undefined): string | undefined => {
  const before = kept?.manifest.model
  return before !== undefined && models.includes(before) ? before : chooseModel(client, models)
}

const write = ({ client, base, call, around, kept }: Situation, model: string, outcomes: readonly Outcome[]): void => {
  if (outcomes.length === 0) return
  const changed = outcomes.filter(({ present, after }) => present.text !== after || !present.existed)
  // Folders first: what was kept names them, so that undoing takes them away again.
  const folders = outcomes.flatMap(({ present }) => makeFolders(present.file))
  keep(
    around.homeFolder,
    keptOf({ client: client.id, base, model }, outcomes, {
      folders: [...(kept?.manifest.folders ?? []), ...folders],
      before: kept,
    }),
  )
  writeOutcomes(outcomes)
  const already = `${client.name} is set up already: ${base}, model ${model}.`
  const files = changed.map(({ present }) => `  ${present.file}`).join('\n')
  call.io.out(
    changed.length === 0
      ? `${already}\n`
      : `${client.name} is set up for ${base}, model ${model}. Changed:\n${files}\n\`tollgate setup undo ${client.id}\` puts them back.\n`,
  )
}

/** What a person has to do, with everything but the key filled in. */
export const stepsOf = (client: Client, base: string, model: string): string =>
  client.steps.map((step) => fill(step, { base, model, models: [], key: '{key}' })).join('\n')

/** The key that a set-up wrote, read from where the client reads it. */
export const keyIn = (kept: Kept | undefined): string | undefined =>
  kept?.manifest.files
    .flatMap(({ file, made }) => {
      const present = readPresent(file)
      return present.ok ? made.flatMap((one) => keyFrom(present.value.text, one)) : []
    })
    .at(0)

const keyFrom = (text: string, made: Made): readonly string[] => {
  const [start, end] = made.value.split('{key}')
  const value = end === undefined ? undefined : writtenValue(text, made)
  if (start === undefined || end === undefined || !value?.startsWith(start) || !value.endsWith(end)) return []
  return [value.slice(start.length, value.length - end.length)]
}

/** Sends the test request and says what became of it. */
const test = async (
  { client, base, call }: Situation,
  { key, model }: { key: string; model: string },
): Promise<number> => {
  const reached = await tryRequest(base, client, key, model)
  const { text, isGood } = tellReached(client, base, model, reached)
  if (isGood) call.io.out(`${text}\n`)
  else call.io.problem(`${text}\n`)
  const conflicts = conflictsOf(client, call.io.environment, [key, base, `${base}/v1`])
  if (conflicts.length > 0)
    call.io.problem(
      `But here ${conflicts.join(', ')} is set, which ${client.name} may take instead. Unset it in the shell and in its profile.\n`,
    )
  return isGood ? EXIT.success : EXIT.failure
}
