import fc from 'fast-check'

/** What was said in a conversation, in no format: each format's generator writes it in its own words. */
export interface Script {
  readonly system: readonly string[]
  readonly exchanges: readonly Exchange[]
  readonly tools: readonly Declared[]
}

/** The user says something; the model calls in rounds, and may have the last word. */
export interface Exchange {
  readonly said: readonly string[]
  readonly media: readonly Medium[]
  readonly rounds: readonly Round[]
  readonly final: Words | undefined
}

export interface Words {
  readonly thought: Thought | undefined
  readonly text: string
}

export interface Thought {
  readonly text: string
  /** What vouches for it: of the format's own vendor, base64. */
  readonly signature: string
  readonly isRedacted: boolean
}

export interface Round extends Words {
  readonly calls: readonly Called[]
  /** Said behind the calls; Chat has no place for it. */
  readonly after: string | undefined
  /** The user said this before the results were there. */
  readonly interruption: string | undefined
}

export interface Called {
  /** Unique in the conversation, as a number. */
  readonly ordinal: number
  readonly tool: number
  readonly arguments: string
  /** `undefined`: it was interrupted. */
  readonly result: Result | undefined
  readonly signature: string | undefined
}

export interface Result {
  readonly text: string
  readonly isError: boolean
  readonly image: boolean
  readonly isTwice: boolean
}

export interface Declared {
  readonly name: string
  readonly description: string | undefined
  readonly schema: unknown
  readonly strict: boolean | undefined
}

export type Medium = 'png' | 'png-url' | 'pdf' | 'pdf-url'

export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF').toString('base64')

const sentence = fc.constantFrom(
  'What is the weather?',
  'Grüße aus Köln 👩‍💻\nund noch eine Zeile',
  '{"a": 1}',
  ' leading and trailing ',
  'line\r\nbreaks',
  'a "quoted" \\ back \u2028 slash',
)

/** Words with a visible character. */
export const prose: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: sentence },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => `${text}.`),
  },
)

/** What clients send too: nothing, or nothing to be seen. */
const anyText = fc.oneof({ weight: 12, arbitrary: prose }, { weight: 1, arbitrary: fc.constantFrom('', ' \n') })

export const base64Text = fc
  .uint8Array({ minLength: 6, maxLength: 24 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))

const thought: fc.Arbitrary<Thought> = fc.record({
  text: fc.oneof({ weight: 4, arbitrary: prose }, { weight: 1, arbitrary: fc.constant('') }),
  signature: base64Text,
  isRedacted: fc.boolean().map((coin) => coin),
})

const OBJECTS = ['{}', '{"city":"Köln","n":3}', '{"n":9007199254740993,"f":1.0,"e":1e5}', '{"a":{"b":[1,null,"x"]}}']
const NO_OBJECTS = ['', '[1]', 'not json', '{"a":']
const callArguments = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...OBJECTS) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 2 }).map((json) => `{"value":${json}}`) },
  { weight: 1, arbitrary: fc.constantFrom(...NO_OBJECTS) },
)

const result: fc.Arbitrary<Result> = fc.record({
  text: fc.oneof({ weight: 8, arbitrary: prose }, { weight: 1, arbitrary: fc.constantFrom('', '{"temperature":21}') }),
  isError: rarely(),
  image: rarely(),
  isTwice: rarely(12),
})

function rarely(weight = 6): fc.Arbitrary<boolean> {
  return fc.oneof({ weight, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
}

const sometimes = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 })

const called = fc.record({
  ordinal: fc.constant(0),
  tool: fc.nat(2),
  arguments: callArguments,
  result: fc.oneof({ weight: 10, arbitrary: result }, { weight: 1, arbitrary: fc.constant(undefined) }),
  signature: sometimes(base64Text),
})

const round: fc.Arbitrary<Round> = fc.record({
  thought: sometimes(thought),
  text: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: prose }),
  calls: fc.array(called, { minLength: 1, maxLength: 3 }),
  after: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: prose }),
  interruption: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: prose }),
})

const words: fc.Arbitrary<Words> = fc.record({ thought: sometimes(thought), text: prose })

const exchange: fc.Arbitrary<Exchange> = fc.record({
  said: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  media: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom<Medium>('png', 'png-url', 'pdf', 'pdf-url'), { maxLength: 2 }) },
  ),
  rounds: fc.array(round, { maxLength: 2 }),
  final: fc.constant(undefined),
})

const SCHEMAS: readonly unknown[] = [
  { type: 'object', properties: {} },
  { type: 'object', properties: { city: { type: 'string' }, n: { type: 'integer', minimum: 1 } }, required: ['city'] },
  {
    type: 'object',
    properties: { a: { type: ['string', 'null'], enum: ['x', 'y', null] }, b: { $ref: '#/$defs/b' } },
    $defs: { b: { type: 'array', items: { type: 'number' }, maxItems: 3 } },
    required: ['a', 'b'],
    additionalProperties: false,
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    oneOf: [
      { type: 'object', properties: { q: { const: 1 } } },
      { type: 'object', properties: { r: { pattern: '^a' } } },
    ],
  },
  {
    type: 'object',
    properties: { day: { type: 'string', description: 'When.' } },
    required: ['day'],
    additionalProperties: false,
  },
]

const NAMES = ['get_weather', 'read-file', `mcp__server__${'very_long_tool_name_'.repeat(3)}x`]

const declared = (name: string): fc.Arbitrary<Declared> =>
  fc.record({
    name: fc.constant(name),
    description: sometimes(prose),
    schema: fc.constantFrom(...SCHEMAS),
    strict: fc.constantFrom(undefined, undefined, false, true),
  })

/**
 * A conversation that ends with the user, or with the results of calls.
 * @param longNames whether the format takes tool names beyond 64 characters
 */
export const script = (longNames: boolean): fc.Arbitrary<Script> =>
  fc
    .record({
      system: fc.array(prose, { maxLength: 2 }),
      exchanges: fc.array(exchange, { minLength: 1, maxLength: 3 }),
      finals: fc.array(words, { minLength: 3, maxLength: 3 }),
      tools: fc.tuple(...NAMES.map((name, index) => declared(longNames || index < 2 ? name : 'third_tool'))),
    })
    .map(({ system, exchanges, finals, tools }) => ({
      system,
      tools,
      exchanges: numbered(
        exchanges.map((one, index) => ({ ...one, final: index < exchanges.length - 1 ? finals[index] : undefined })),
      ),
    }))

/** Each call with an ordinal of its own. */
const numbered = (exchanges: readonly Exchange[]): readonly Exchange[] => {
  let ordinal = 0
  return exchanges.map((one) => ({
    ...one,
    rounds: one.rounds.map((round) => ({
      ...round,
      calls: round.calls.map((call) => ({ ...call, ordinal: ordinal++ })),
    })),
  }))
}

/** Whether anything was called: then the tools are declared. */
export const calls = ({ exchanges }: Script): boolean => exchanges.some(({ rounds }) => rounds.length > 0)

/** An object without its members that are `undefined`. */
export const present = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))

/** Some of the fields of a format, each with a value it may have. */
export const someFields = (
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .tuple(
      ...Object.entries(fields).map(([name, value]) =>
        fc.tuple(fc.constant(name), fc.option(value, { nil: undefined, freq: 2 }), fc.nat(2)),
      ),
    )
    // Each is there in one of six: bodies with everything at once are refused for one thing or another.
    .map((entries) =>
      Object.fromEntries(
        entries.flatMap(([name, value, dice]) => (value === undefined || dice > 0 ? [] : [[name, value]])),
      ),
    )
