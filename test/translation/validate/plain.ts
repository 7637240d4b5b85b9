import { asReadBy, isOfDialect } from './dialects.ts'
import { asProtoJson } from './gemini-json.ts'
import {
  anything,
  type Check,
  either,
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  record,
  run,
  text,
} from './shapes.ts'

/** The endpoints without turns: prompts to be continued, and texts to be embedded. */
export type PlainApi = 'openai.completions' | 'openai.embeddings' | 'gemini.embedContent'

const tokens = list(integer(0), 1)
const model = { model: text({ min: 1 }) }

const completions = object(model, {
  prompt: nullable(either(text(), list(text(), 1), tokens, list(tokens, 1))),
  best_of: nullable(integer(0, 20)),
  echo: nullable(flag),
  frequency_penalty: nullable(number(-2, 2)),
  logit_bias: nullable(record(number(-100, 100))),
  logprobs: nullable(integer(0, 5)),
  max_tokens: nullable(integer(0)),
  n: nullable(integer(1, 128)),
  presence_penalty: nullable(number(-2, 2)),
  seed: nullable(integer(Number.MIN_SAFE_INTEGER)),
  stop: nullable(either(text(), list(text(), 0, 4))),
  stream: nullable(flag),
  stream_options: nullable(object({}, { include_usage: flag, include_obfuscation: flag })),
  suffix: nullable(text()),
  temperature: nullable(number(0, 2)),
  top_p: nullable(number(0, 1)),
  user: text(),
})

const embeddings = object(
  { ...model, input: either(text(), list(text(), 1, 2_048), tokens, list(tokens, 1, 2_048)) },
  { dimensions: integer(1), encoding_format: oneOf('float', 'base64'), user: text() },
)

const embedding: Check = object(
  {
    content: object(
      { parts: list(object({}, { text: text(), inlineData: anything, fileData: anything }), 1) },
      { role: text() },
    ),
  },
  {
    model: text({ matches: /^models\/./ }),
    taskType: text({ matches: /^[A-Z_]+$/ }),
    title: text(),
    outputDimensionality: integer(1),
    autoTruncate: flag,
  },
)
const embedContent: Check = (value, at, faults) => {
  const isBatch = typeof value === 'object' && value !== null && 'requests' in value
  const check = isBatch ? object({ requests: list(embedding, 1) }, { model: text() }) : embedding
  check(value, at, faults)
}

const CHECKS: Readonly<Record<PlainApi, Check>> = {
  'openai.completions': completions,
  'openai.embeddings': embeddings,
  'gemini.embedContent': embedContent,
}

/** What the API would refuse of a request without turns. */
export const faultsOfPlain = (api: PlainApi, body: unknown, vendor?: string): string[] => {
  const read = api.startsWith('gemini.') ? asProtoJson(body) : asReadBy(vendor, body)
  return run(CHECKS[api], read).filter((fault) => !isOfDialect(vendor, fault))
}
