import { askAdmin, type Fields, listIn, report, table, textFrom } from './admin.ts'
import { type Call, type Command, CONFIG_OPTION, JSON_OPTION, textOf } from './io.ts'

const PROVIDERS = '/api/admin/providers'
const COMMON = { ...CONFIG_OPTION, ...JSON_OPTION }
const REASON = { reason: { argument: '<text>', help: 'For those who ask later' } }

export const listProviders: Command = {
  name: 'providers list',
  summary: 'List the providers of the configuration, and which are paused',
  options: COMMON,
  run: (call) =>
    askAdmin(call, async (ask) =>
      report(call, await ask('GET', PROVIDERS), (body) => {
        const rows = listIn(body).map((each) => [each.id, each.kind, stateOf(each), each.reason])
        return rows.length === 0 ? 'There are no providers.' : table(['id', 'kind', 'state', 'reason'], rows)
      }),
    ),
}

const stateOf = ({ paused, since }: Fields): string =>
  paused === true ? `paused since ${textFrom(since)}` : 'not paused'

const actOn = (call: Call, action: 'pause' | 'resume'): Promise<number> =>
  askAdmin(call, async (ask) => {
    const path = `${PROVIDERS}/${encodeURIComponent(call.positionals[0] ?? '')}/${action}`
    const answer = await ask('POST', path, { reason: textOf(call, 'reason') })
    const describe = (body: Fields) =>
      `Provider ${textFrom(body.id)} is ${stateOf(body)}. Gateways know within two seconds.`
    return report(call, answer, describe)
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
