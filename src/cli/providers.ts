import { text as textOfStream } from 'node:stream/consumers'
import { openStore } from '../db/store.ts'
import { reencryptKeys } from '../keys/reencrypt.ts'
import { openKeyring } from '../main/keyring.ts'
import { askAdmin, type Fields, fieldsOf, listIn, listOf, report, table, textFrom, wholeOf } from './admin.ts'
import { configurationOf } from './configuration.ts'
import { openCommandBooks } from './database.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, type Option, textOf } from './io.ts'
import { more, queryOf } from './keys.ts'

const PROVIDERS = '/api/admin/providers'
const COMMON = { ...CONFIG_OPTION, ...JSON_OPTION }
const REASON = { reason: { argument: '<text>', help: 'For those who ask later' } }
const PAGE = { cursor: { argument: '<cursor>', help: 'Where the page before ended' } }
const KNOWN = 'Gateways know within two seconds.'

const pathOf = (call: Call): string => `${PROVIDERS}/${encodeURIComponent(call.positionals[0] ?? '')}`

export const listProviders: Command = {
  name: 'providers list',
  summary: 'List the providers, their keys, and which are paused',
  options: { ...PAGE, ...COMMON },
  run: (call) =>
    askAdmin(call, async (ask) =>
      report(call, await ask('GET', `${PROVIDERS}?${queryOf({ cursor: textOf(call, 'cursor') })}`), (body) => {
        const rows = listIn(body).map((each) => [
          each.id,
          each.kind,
          stateOf(each),
          each.reason,
          each.source,
          keysOf(each),
        ])
        if (rows.length === 0) return 'There are no providers.'
        return `${table(['id', 'kind', 'state', 'reason', 'source', 'keys'], rows)}${more(body)}`
      }),
    ),
}

const stateOf = ({ paused, since }: Fields): string =>
  paused === true ? `paused since ${textFrom(since)}` : 'not paused'

/** Their names, with the end of each. */
const keysOf = ({ keys }: Fields): string =>
  listIn({ data: keys })
    .map(({ id, last4 }) => (typeof last4 === 'string' ? `${textFrom(id)} (…${last4})` : textFrom(id)))
    .join(', ') || '-'

const actOn = (call: Call, action: 'pause' | 'resume'): Promise<number> =>
  askAdmin(call, async (ask) => {
    const answer = await ask('POST', `${pathOf(call)}/${action}`, { reason: textOf(call, 'reason') })
    return report(call, answer, (body) => `Provider ${textFrom(body.id)} is ${stateOf(body)}. ${KNOWN}`)
  })

export const pauseProvider: Command = {
  name: 'providers pause',
  argument: '<provider id>',
  summary: 'Ask a provider nothing until it is resumed',
  options: { ...REASON, ...COMMON },
  run: (call) => actOn(call, 'pause'),
}

export const resumeProvider: Command = {
  name: 'providers resume',
  argument: '<provider id>',
  summary: 'End the pause of a provider',
  options: { ...REASON, ...COMMON },
  run: (call) => actOn(call, 'resume'),
}

export const addProvider: Command = {
  name: 'providers add',
  argument: '<provider id>',
  summary: 'Add a provider that is in no file',
  options: {
    kind: { argument: '<kind>', help: 'The API it speaks, such as openai (required)' },
    'base-url': { argument: '<url>', help: 'Its address, where that is not the one of the kind' },
    models: { argument: '<a,b>', help: 'The models it serves; all that its kind offers when left out' },
    ...COMMON,
  },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const answer = await ask('POST', PROVIDERS, {
        id: call.positionals[0],
        kind: textOf(call, 'kind'),
        base_url: textOf(call, 'base-url'),
        models: listOf(textOf(call, 'models')),
      })
      return report(call, answer, ({ id }) => `Provider ${textFrom(id)} is there. ${KNOWN} Now \`providers add-key\`.`)
    }),
}

export const removeProvider: Command = {
  name: 'providers remove',
  argument: '<provider id>',
  summary: 'Delete a provider that is in no file, with its keys',
  options: COMMON,
  run: (call) =>
    askAdmin(call, async (ask) =>
      report(call, await ask('DELETE', pathOf(call)), ({ id }) => `Provider ${textFrom(id)} is gone. ${KNOWN}`),
    ),
}

const KEY_OPTION: Readonly<Record<string, Option>> = {
  id: { argument: '<key id>', help: 'What the key is called; its number when left out' },
}

export const addProviderKey: Command = {
  name: 'providers add-key',
  argument: '<provider id>',
  summary: 'Read a key from standard input, and store it encrypted',
  options: {
    ...KEY_OPTION,
    weight: { argument: '<n>', help: "Share of the requests among the provider's keys; 1 when left out" },
    ...COMMON,
  },
  run: async (call) => {
    // Not on the command line, which others on the machine can read.
    if (process.stdin.isTTY) call.io.problem('Type or paste the key, then Enter and Ctrl-D:\n')
    const key = (await textOfStream(process.stdin)).trim()
    return askAdmin(call, async (ask) => {
      const body = { key, id: textOf(call, 'id'), weight: wholeOf(textOf(call, 'weight')) }
      const answer = await ask('POST', `${pathOf(call)}/keys`, body)
      return report(call, answer, ({ id }) => `Key ${textFrom(id)} of ${call.positionals[0]} is stored. ${KNOWN}`)
    })
  },
}

export const removeProviderKey: Command = {
  name: 'providers remove-key',
  argument: '<provider id>',
  summary: 'Delete a key of a provider that is in no file',
  options: { id: { argument: '<key id>', help: 'Which (required); `providers list` shows them' }, ...COMMON },
  run: async (call) => {
    const id = textOf(call, 'id')
    if (id === undefined) {
      call.io.problem('--id is missing.\n')
      return EXIT.usage
    }
    return askAdmin(call, async (ask) => {
      const answer = await ask('DELETE', `${pathOf(call)}/keys/${encodeURIComponent(id)}`)
      return report(call, answer, () => `Key ${id} of ${call.positionals[0]} is gone. ${KNOWN}`)
    })
  },
}

export const testProvider: Command = {
  name: 'providers test',
  argument: '<provider id>',
  summary: 'Ask the vendor something small with each key; exit code 1 when one does not work',
  options: {
    model: { argument: '<model>', help: 'Ask this model for one token, in place of the list of models' },
    ...COMMON,
  },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const answer = await ask('POST', `${pathOf(call)}/test`, { model: textOf(call, 'model') })
      const code = report(call, answer, (body) => {
        const rows = listIn({ data: body.keys }).map((key) => [
          key.id === '' ? 'no key' : key.id,
          key.ok === true ? 'works' : 'fails',
          key.status,
          `${textFrom(key.latency_ms)} ms`,
          key.error,
        ])
        return rows.length === 0 ? 'It has no keys.' : table(['key', 'state', 'status', 'after', 'error'], rows)
      })
      return code === EXIT.success && fieldsOf(answer.body).ok !== true ? EXIT.failure : code
    }),
}

const BATCH = 100

export const reencrypt: Command = {
  name: 'providers reencrypt',
  summary: 'Encrypt stored provider keys with the newest encryption key, also while gateways run',
  options: COMMON,
  run: async (call) => {
    const config = configurationOf(call)
    if (!config) return EXIT.configuration
    const books = await openCommandBooks(config)
    try {
      const { objects, settings } = openStore(books.database)
      const done = await reencryptKeys(objects, await openKeyring(config, settings), BATCH)
      if (!done.ok) {
        call.io.problem(`${done.error}\n`)
        return EXIT.failure
      }
      call.io.out(
        call.values.json === true
          ? `${JSON.stringify({ reencrypted: done.value }, null, 2)}\n`
          : `${done.value} keys were encrypted anew; all are with the newest encryption key now.\n`,
      )
      return EXIT.success
    } finally {
      await books.close()
    }
  },
}
