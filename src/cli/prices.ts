import { readFileSync } from 'node:fs'
import { askAdmin, type Fields, fieldsOf, listIn, report, table, textFrom } from './admin.ts'
import { more, queryOf } from './keys.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, textOf } from './io.ts'

const COMMON = { ...CONFIG_OPTION, ...JSON_OPTION }
const REASON = { reason: { argument: '<text>', help: 'For those who ask later' } }

const pathOf = (model: string | undefined): string => `/api/admin/models/${encodeURIComponent(model ?? '')}`

export const listPrices: Command = {
  name: 'prices list',
  argument: '<model>',
  summary: 'List all prices of a model, newest first',
  options: { cursor: { argument: '<cursor>', help: 'Where the page before ended' }, ...COMMON },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const query = queryOf({ cursor: textOf(call, 'cursor') })
      const answer = await ask('GET', `${pathOf(call.positionals[0])}/prices?${query}`)
      return report(call, answer, (body) => {
        const rows = listIn(body).map(({ id, price, ...each }) => {
          const { input, output } = fieldsOf(price)
          return [each.effective_from, each.state, each.source, input, output, id, each.reason]
        })
        return `${table(['from', 'state', 'source', 'input', 'output', 'id', 'reason'], rows)}${more(body)}`
      })
    }),
}

export const setPrice: Command = {
  name: 'prices set',
  argument: '<model>',
  summary: 'Set the price of a model, from now or from a moment to come',
  options: {
    input: { argument: '<usd>', help: 'USD per million tokens of input' },
    output: { argument: '<usd>', help: 'USD per million tokens of output' },
    file: { argument: '<file>', help: 'All of it instead, as JSON with the fields of `price` in model_catalog.json' },
    from: { argument: '<time>', help: 'From when it counts, such as 2027-01-31T12:00:00Z; from now when left out' },
    ...REASON,
    ...COMMON,
  },
  run: async (call) => {
    const price = wanted(call)
    if (typeof price === 'string') {
      call.io.problem(`${price}\n`)
      return EXIT.usage
    }
    return askAdmin(call, async (ask) => {
      const more = { effective_from: textOf(call, 'from'), reason: textOf(call, 'reason') }
      return report(call, await ask('PUT', `${pathOf(call.positionals[0])}/price`, { ...price, ...more }), described)
    })
  },
}

/** The price that was asked for, or what is wrong with how. */
const wanted = (call: Call): object | string => {
  const [file, input, output] = ['file', 'input', 'output'].map((option) => textOf(call, option))
  if (file === undefined) return input === undefined ? 'Either --input or --file is missing.' : { input, output }
  if (input !== undefined || output !== undefined) return '--file has the whole price: leave out --input and --output.'
  try {
    return fieldsOf(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

export const withdrawPrice: Command = {
  name: 'prices withdraw',
  argument: '<price id>',
  summary: 'Take back a price that is not in force yet',
  options: { model: { argument: '<model>', help: 'Whose price it is (required)' }, ...REASON, ...COMMON },
  run: async (call) => {
    const model = textOf(call, 'model')
    if (model === undefined) {
      call.io.problem('--model is missing.\n')
      return EXIT.usage
    }
    return askAdmin(call, async (ask) => {
      const path = `${pathOf(model)}/prices/${encodeURIComponent(call.positionals[0] ?? '')}`
      return report(call, await ask('DELETE', `${path}?${queryOf({ reason: textOf(call, 'reason') })}`), described)
    })
  },
}

const STATES: Readonly<Record<string, string>> = { to_come: 'to come', in_force: 'in force' }

const described = ({ id, model, state, effective_from: from }: Fields): string =>
  `Price ${textFrom(id)} of ${textFrom(model)}, from ${textFrom(from)}, is ${STATES[String(state)] ?? textFrom(state)}. Gateways know within two seconds.`
