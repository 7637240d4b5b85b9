import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { err, ok, type Result } from '../result.ts'
import { type Answer, type Fields, fieldsOf, listIn, table, textFrom } from './admin.ts'
import { configurationOf } from './configuration.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, textOf } from './io.ts'

export const explain: Command = {
  name: 'explain',
  argument: '<file|->',
  summary: 'Say what would become of a request, without sending it; exit code 1 when it would be refused',
  options: {
    path: { argument: '<path>', help: 'Where the request would be sent, such as /v1/messages; guessed when left out' },
    key: { argument: '<key>', help: 'The key it would be sent with; TOLLGATE_API_KEY when left out' },
    'admin-key': { argument: '<key>', help: 'Show addresses and channels of other groups, too' },
    url: { argument: '<url>', help: 'The gateway to ask; where the configuration says that it listens when left out' },
    all: { help: 'Write the request out for every candidate' },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  run: async (call) => {
    const url = textOf(call, 'url') ?? ownUrl(call)
    if (url === undefined) return EXIT.configuration
    const body = await bodyOf(call)
    const answer = body.ok ? await ask(call, url, body.value) : body
    if (!answer.ok) {
      call.io.problem(`${answer.error}\n`)
      return EXIT.failure
    }
    return tell(call, answer.value)
  },
}

const ANYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]'])

/** A gateway that listens everywhere listens here. */
const ownUrl = (call: Call): string | undefined => {
  const config = configurationOf(call)
  if (!config) return undefined
  const { host, port } = config.listen
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `http://${ANYWHERE.has(host) ? '127.0.0.1' : named}:${port}`
}

const bodyOf = async (call: Call): Promise<Result<Uint8Array<ArrayBuffer>, string>> => {
  const source = call.positionals[0] ?? '-'
  try {
    return ok(new Uint8Array(source === '-' ? await buffer(process.stdin) : await readFile(source)))
  } catch (error) {
    return err(`${source} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const TIMEOUT_MS = 30_000

const ask = async (call: Call, url: string, body: Uint8Array<ArrayBuffer>): Promise<Result<Answer, string>> => {
  const key = textOf(call, 'key') ?? call.io.environment.TOLLGATE_API_KEY
  const adminKey = textOf(call, 'admin-key')
  const path = textOf(call, 'path')
  const query = new URLSearchParams({
    ...(path !== undefined && { path }),
    ...(call.values.all === true && { all: 'true' }),
  })
  const headers = {
    'content-type': 'application/json',
    ...(key && { authorization: `Bearer ${key}` }),
    ...(adminKey !== undefined && { 'x-tollgate-admin-key': adminKey }),
  }
  try {
    const address = `${url.replace(/\/+$/, '')}/v1/explain?${query}`
    const answer = await fetch(address, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) })
    return ok({ status: answer.status, body: await answer.json() })
  } catch (error) {
    return err(
      `${url} does not answer: ${error instanceof Error ? error.message : String(error)}. Is the gateway running?`,
    )
  }
}

const tell = (call: Call, { status, body }: Answer): number => {
  const told = fieldsOf(body)
  if (status !== 200) {
    call.io.problem(`${textFrom(fieldsOf(told.error).message)}\n`)
    return status === 400 ? EXIT.usage : EXIT.failure
  }
  call.io.out(call.values.json === true ? `${JSON.stringify(body, null, 2)}\n` : `${describe(told).join('\n')}\n`)
  return told.would_refuse === null ? EXIT.success : EXIT.failure
}

const listed = (value: unknown): readonly Fields[] => listIn({ data: value })

/** An explanation for people, a line for each thing. */
const describe = (told: Fields): readonly string[] => {
  const [model, operation, rule, first] = [told.model, told.operation, told.rule, told.first].map(fieldsOf)
  const names = listed(model?.names).map(
    ({ name, means, model: id }) => `${textFrom(name)}${id === name ? '' : ` → ${textFrom(id)}`} (${textFrom(means)})`,
  )
  const isGuessed = operation?.guessed === true ? ', guessed' : ''
  return [
    ...describeRefusal(told.would_refuse),
    `Request: ${textFrom(operation?.path)} (${textFrom(operation?.format)}${isGuessed})`,
    ...(names.length > 0 ? [`Model: ${names.join(', ')}`] : []),
    ...(told.rule === null ? [] : [`Rule: ${textFrom(rule?.name)}`]),
    `Group: ${textFrom(told.group)}, ${textFrom(told.strategy)}`,
    ...(told.first === null
      ? []
      : [`First: ${textFrom(first?.channel)}, key ${textFrom(first?.key)}: ${textFrom(first?.why)}`]),
    ...describeCandidates(told),
    ...describeMoney(told),
    ...listed(told.candidates).flatMap(describeSent),
  ]
}

const describeRefusal = (refusal: unknown): readonly string[] => {
  if (refusal === null) return []
  const { step, status, error } = fieldsOf(refusal)
  return [`Would be refused with ${textFrom(status)} (${textFrom(step)}): ${textFrom(fieldsOf(error).message)}`]
}

const describeCandidates = ({ candidates, left_out: leftOut }: Fields): readonly string[] => {
  const rows = listed(candidates).map((way) => [
    way.channel,
    way.provider,
    way.upstream_model,
    way.upstream_format,
    listed(way.keys)
      .map(({ id, standing }) => `${textFrom(id)} ${textFrom(standing)}`)
      .join(', '),
    way.why,
  ])
  const left = listed(leftOut).map(({ channel, why }) => `${textFrom(channel)} (${textFrom(why).replaceAll('_', ' ')})`)
  return [
    ...(rows.length > 0 ? ['', table(['channel', 'provider', 'model there', 'format', 'keys', 'why'], rows), ''] : []),
    ...(left.length > 0 ? [`Left out: ${left.join(', ')}`] : []),
  ]
}

const describeMoney = ({ quote, funds, limits }: Fields): readonly string[] => {
  const { amount_usd: amount, input_tokens_estimated: input, output_tokens_max: output } = fieldsOf(quote)
  const { covers, available_usd: available } = fieldsOf(funds)
  const there = available === null || available === undefined ? '' : `, of $${textFrom(available)}`
  return [
    ...(quote === null
      ? []
      : [
          `Quote: at most $${textFrom(amount)}, for about ${textFrom(input)} tokens of input and up to ${textFrom(output)} of output`,
        ]),
    ...(funds === null ? [] : [`Money: ${covers === true ? 'it is there' : 'it is not there'}${there}`]),
    ...listed(limits).map(
      ({ measure, remaining, limit, needed }) =>
        `Limit of ${textFrom(measure).replaceAll('_', ' ')}: ${textFrom(remaining)} of ${textFrom(limit)} left, ${textFrom(needed)} needed`,
    ),
  ]
}

const describeSent = ({ channel, sent }: Fields): readonly string[] => {
  if (sent === null || sent === undefined) return []
  const { kind, method, path, url, headers, body, losses, error } = fieldsOf(sent)
  if (kind === 'refused') return ['', `${textFrom(channel)} cannot be asked: ${textFrom(fieldsOf(error).message)}`]
  const lost = listed(losses).map(({ pointer, code }) => `  ${textFrom(pointer)} ${textFrom(code)}`)
  const said = kind === 'sent' ? [`${textFrom(method)} ${textFrom(url ?? path)}`] : ['Answered by Tollgate itself.']
  return [
    '',
    `To ${textFrom(channel)}:`,
    ...(lost.length > 0 ? ['Lost on the way:', ...lost] : []),
    ...said,
    ...Object.entries(fieldsOf(headers)).map(([name, value]) => `${name}: ${textFrom(value)}`),
    ...(typeof body === 'string' ? ['', body] : []),
  ]
}
