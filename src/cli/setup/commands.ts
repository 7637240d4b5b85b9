import { CLIENTS } from '../../setup/clients.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, type Option } from '../io.ts'
import { clientIn } from './base.ts'
import { runDoctor } from './doctor.ts'
import { chooseAndSetUp } from './choose.ts'
import { runSetUp } from './set-up.ts'
import { forget, readKept } from './state.ts'
import { surroundingsOf, traceOf } from './surroundings.ts'
import { restore } from './write.ts'

const GATEWAY: Readonly<Record<string, Option>> = {
  'base-url': {
    argument: '<url>',
    help: 'The gateway, without /v1; else TOLLGATE_BASE_URL, else as set up before, else that of the configuration',
  },
  model: { argument: '<model>', help: 'The model to use; when left out, the one that suits the client best' },
  'key-stdin': { help: 'Read the key from standard input; else it is TOLLGATE_API_KEY, or asked for, unseen' },
}

const setUp: Command = {
  name: 'setup',
  argument: '[client]',
  summary: 'Point a client on this machine to a gateway, and send a test request as it does',
  options: {
    ...GATEWAY,
    'dry-run': { help: 'Show what would be changed, and change nothing' },
    anyway: { help: 'Write the files although the client is not on this machine' },
    ...CONFIG_OPTION,
  },
  run: (call) => (call.positionals.length === 0 ? chooseAndSetUp(call) : runSetUp(call)),
}

const listClients: Command = {
  name: 'setup list',
  summary: 'List the clients that can be set up, and which are on this machine',
  options: { ...JSON_OPTION },
  run: async (call) => {
    const around = surroundingsOf(call.io.environment)
    const rows = CLIENTS.map((client) => {
      const kept = readKept(around.homeFolder, client.id)
      const base = kept.ok ? kept.value?.manifest.base : undefined
      return {
        id: client.id,
        name: client.name,
        by_hand: client.changes.length === 0,
        here: traceOf(client, around) !== undefined,
        base_url: base ?? null,
      }
    })
    if (call.values.json === true) call.io.out(`${JSON.stringify({ data: rows }, null, 2)}\n`)
    else
      call.io.out(
        rows
          .map(
            ({ id, name, by_hand: byHand, here, base_url: base }) =>
              `${id.padEnd(16)}${name.padEnd(16)}${base ? `set up: ${base}` : byHand ? 'by hand' : here ? 'here' : 'not here'}\n`,
          )
          .join(''),
      )
    return EXIT.success
  },
}

const undo: Command = {
  name: 'setup undo',
  argument: '<client>',
  summary: 'Put the files of a client back as they were before it was set up',
  options: { force: { help: 'Where a file was changed since, take out of it only what the set-up wrote' } },
  run: async (call) => {
    const client = clientIn(call)
    const { homeFolder } = surroundingsOf(call.io.environment)
    const kept = client.ok ? readKept(homeFolder, client.value.id) : client
    if (!client.ok || !kept.ok) return refuse(call, client.ok ? (kept.ok ? '' : kept.error) : client.error)
    if (!kept.value) {
      call.io.out(`${client.value.name} was not set up here. Nothing was changed.\n`)
      return EXIT.success
    }
    const restored = restore(kept.value, call.values.force === true)
    if (!restored.ok) return refuse(call, restored.error)
    forget(homeFolder, client.value.id)
    call.io.out(
      `${client.value.name} is as it was before it was set up.\n${restored.value.map((file) => `  ${file}\n`).join('')}`,
    )
    return EXIT.success
  },
}

const refuse = (call: Call, message: string): number => {
  call.io.problem(`${message}\n`)
  return EXIT.failure
}

const DOCTOR: Omit<Command, 'name'> = {
  argument: '<client>',
  summary: 'Look at everything between a client and an answer; exit code 1 when something is wrong',
  options: { ...GATEWAY, ...CONFIG_OPTION, ...JSON_OPTION },
  run: runDoctor,
}

/** The commands that set up clients. */
export const SETUP_COMMANDS: readonly Command[] = [
  setUp,
  listClients,
  undo,
  { name: 'setup doctor', ...DOCTOR },
  { name: 'doctor', ...DOCTOR },
]
