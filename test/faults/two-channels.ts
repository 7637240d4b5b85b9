import { bodyBytes } from '../replay/interaction.ts'
import { FORMATS, textOf } from './formats.ts'
import { type Dialect, type Script, type Stage, startStage, stream, VENDOR_KEY } from './scripted.ts'

/// A gateway whose models have two channels each, for tests of what happens when the first one fails.

/** Each model has two channels: first the one under `/a`, then the one under `/b`. */
export const startTwoChannels = (): Promise<Stage> =>
  startStage(({ providers }) => {
    const { oc } = providers as { readonly oc: { readonly base_url: string } }
    const url = new URL(oc.base_url).origin
    const provider = (kind: string, root: string) => ({ kind, base_url: url + root, keys: [VENDOR_KEY] })
    const both = (model: string, [first, second]: readonly [string, string]) => [
      { id: `${model}-a`, provider: `a-${first}`, models: [model], priority: 1 },
      { id: `${model}-b`, provider: `b-${second}`, models: [model] },
    ]
    const sides = ['a', 'b'].flatMap((side) => [
      [`${side}-oc`, provider('openai-compatible', `/${side}/v1`)],
      [`${side}-oa`, provider('openai', `/${side}/v1`)],
      [`${side}-an`, provider('anthropic', `/${side}`)],
      [`${side}-ge`, provider('gemini', `/${side}`)],
    ])
    return {
      providers: Object.fromEntries(sides),
      channels: [
        ...both('chat', ['oc', 'oc']),
        ...both('gpt', ['oa', 'oa']),
        ...both('claude', ['an', 'an']),
        ...both('gem', ['ge', 'ge']),
        ...both('mixed', ['oc', 'an']),
      ],
      streams: { peek: '3s' },
    }
  })

/** What the two providers answer. */
export const sides =
  (a: Script, b: Script): Script =>
  (socket, asked) =>
    asked.target.startsWith('/a/') ? a(socket, asked) : b(socket, asked)

export const SAID = '{"error":{"message":"said by the vendor","type":"x"}}'
export const never: Script = () => {
  throw new Error('this provider is not to be asked')
}

export const event = (value: { readonly type: string; readonly [name: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

export const tells = (events: readonly string[], type?: string): Script =>
  stream(async (out) => {
    for (const one of events) await out.write(one)
    out.end()
  }, type)

export const MESSAGE = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  usage: {},
}
export const BEGINS = event({ type: 'message_start', message: MESSAGE })
export const OVERLOADED = [
  BEGINS,
  event({ type: 'ping' }),
  event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
]
export const GOOD = new Map(FORMATS.map(({ name, streamed }) => [name, streamed]))
/** A whole stream of this format, as it was recorded. */
export const recorded = ({ name }: Dialect) => {
  const interaction = GOOD.get(name)
  if (!interaction) throw new Error(`no stream of ${name}`)
  const script: Script = stream(async (out) => {
    await out.write(new TextDecoder().decode(bodyBytes(interaction)))
    out.end()
  })
  return { script, text: textOf(interaction) }
}

export const STREAM = { body: { stream: true } }
