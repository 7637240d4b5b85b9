import { CLIENTS } from '../../setup/clients.ts'
import { type Call, EXIT } from '../io.ts'
import { askOnTerminal } from './terminal.ts'
import { readKey } from './key.ts'
import { runSetUp } from './set-up.ts'
import { surroundingsOf, traceOf } from './surroundings.ts'

/** `tollgate setup` alone: looks which clients are here, asks which of them to set up, and does each by itself. */
export const chooseAndSetUp = async (call: Call): Promise<number> => {
  const around = surroundingsOf(call.io.environment)
  const found = CLIENTS.flatMap(({ id, ...client }) => {
    const trace = client.changes.length > 0 ? traceOf({ id, ...client }, around) : undefined
    return trace === undefined ? [] : [{ id, trace }]
  })
  if (found.length === 0) {
    call.io.problem('None of the clients is on this machine. `tollgate setup list` names those that can be set up.\n')
    return EXIT.failure
  }
  const lines = found.map(({ id, trace }, index) => `  ${index + 1}  ${id.padEnd(16)}${trace}\n`)
  call.io.out(`On this machine:\n${lines.join('')}`)
  const answer = await askOnTerminal('Which (numbers or names, or all)? ', 'shown')
  if (!answer.ok) {
    call.io.problem('There is no terminal to ask which. Name one: tollgate setup <client>\n')
    return EXIT.usage
  }
  const words = answer.value.split(/\s+/)
  const ids = found
    .filter(({ id }, index) => words.some((word) => word === 'all' || word === id || word === String(index + 1)))
    .map(({ id }) => id)
  return ids.length === 0 ? none(call) : setUpEach(call, ids)
}

const none = (call: Call): number => {
  call.io.problem('None was chosen. Nothing was changed.\n')
  return EXIT.failure
}

/** One after the other, with one key. */
const setUpEach = async (call: Call, ids: readonly string[]): Promise<number> => {
  const isDry = call.values['dry-run'] === true
  const sources = { environment: call.io.environment, fromInput: call.values['key-stdin'] === true, present: undefined }
  const key = isDry ? undefined : await readKey(sources)
  if (key?.ok === false) {
    call.io.problem(`${key.error}\n`)
    return EXIT.failure
  }
  const environment = { ...call.io.environment, ...(key && { TOLLGATE_API_KEY: key.value }) }
  const io = { ...call.io, environment }
  let code: number = EXIT.success
  for (const id of ids) {
    call.io.out('\n')
    const one = await runSetUp({ ...call, io, positionals: [id], values: { ...call.values, 'key-stdin': false } })
    code = Math.max(code, one)
  }
  return code
}
