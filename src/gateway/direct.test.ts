import { describe, expect, test } from 'bun:test'
import type { Envelope } from '../canon/envelope.ts'
import type { Operation } from '../canon/operation.ts'
import { scanMultipart } from '../canon/scan-multipart.ts'
import { scanObject } from '../canon/scan-object.ts'
import { PROTOCOLS } from '../protocols/index.ts'
import { builtInCatalogue } from '../providers/built-in.ts'
import { createCatalogue } from '../providers/catalogue.ts'
import { compileRules, type RuleSource } from '../routing/rules.ts'
import type { Call } from './call.ts'
import { createDirect } from './direct.ts'
import { callOf, PRINCIPAL } from './test-parts.ts'

const CATALOGUE = createCatalogue({ builtIn: builtInCatalogue(), aliases: { mine: 'gpt-5' } })
const EVERYTHING: RuleSource['when'] = {
  models: null,
  formats: null,
  bytesMin: null,
  bytesMax: null,
  tools: null,
  images: null,
  stream: null,
  headers: new Map(),
  labels: null,
  hours: null,
  days: null,
  zone: 'UTC',
}

interface Wanted {
  readonly name?: string
  readonly when?: Partial<RuleSource['when']>
  readonly do?: Partial<RuleSource['do']>
}

const directBy = (...rules: readonly Wanted[]) =>
  createDirect({
    rules: new Map([
      [
        'default',
        compileRules(
          rules.map(({ name = null, when, do: effects }) => ({
            name,
            when: { ...EVERYTHING, ...when },
            do: { model: null, channels: null, parameters: new Map(), refuse: null, ...effects },
          })),
        ),
      ],
    ]),
    channels: [],
    resolve: CATALOGUE.resolve,
    depthMax: 100,
  })

const CHAT: Operation = { format: 'openai-chat', action: 'generate' }

const read = (body: object | string, operation = CHAT): { call: Call; envelope: Envelope } => {
  const protocol = PROTOCOLS[operation.format]
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const scan =
    typeof body === 'string'
      ? scanMultipart(bytes, 'multipart/form-data; boundary=b')
      : scanObject(bytes, { depthMax: 100 })
  const envelope = scan.ok ? protocol.readEnvelope(scan.value, operation) : scan
  if (!envelope.ok) throw new Error(envelope.error.message)
  return { call: { ...callOf(), operation, protocol }, envelope: envelope.value }
}

const asking = (body: object, more: object = {}) => ({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'hi' }],
  ...body,
  ...more,
})

const directed = (direct: ReturnType<typeof directBy>, body: object | string, operation = CHAT): Envelope => {
  const { call, envelope } = read(body, operation)
  const answer = direct(call, PRINCIPAL, envelope)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

const bodyOf = ({ scan }: Envelope): unknown => JSON.parse(Buffer.from(scan.bytes).toString())

describe('a request', () => {
  test('of a group without rules, or that none matches, is the very same one', () => {
    const { call, envelope } = read(asking({}))
    const without = createDirect({ rules: new Map(), channels: [], resolve: CATALOGUE.resolve, depthMax: 100 })
    for (const direct of [without, directBy({ when: { stream: true } })]) {
      const answer = direct(call, PRINCIPAL, envelope)
      expect(answer.ok && answer.value).toBe(envelope)
    }
  })

  test('is known by its alias and by what that leads to', () => {
    for (const models of [['mine'], ['gpt-5']])
      expect(directed(directBy({ name: 'a', when: { models } }), asking({ model: 'mine' })).directed?.rule).toBe('a')
  })

  test('is refused with the words of the rule', () => {
    const { call, envelope } = read(asking({}))
    const answer = directBy({ do: { refuse: 'Not at night.' } })(call, PRINCIPAL, envelope)
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused-by-rule', message: 'Not at night.' } })
  })

  test('has the parameters of the rule, and what they change is what is quoted', () => {
    const parameters = new Map([
      ['max_completion_tokens', '7'],
      ['n', '2'],
      ['user', null],
    ])
    const envelope = directed(directBy({ do: { parameters } }), asking({ user: 'me', temperature: 1 }))
    expect(bodyOf(envelope)).toEqual(asking({ temperature: 1, max_completion_tokens: 7, n: 2 }))
    expect([envelope.outputTokensLimit, envelope.choices]).toEqual([7, 2])
  })

  test('is still answered where the files are that it names, whatever a rule changes', () => {
    const { call, envelope } = read(asking({}))
    const heldBy = { provider: 'p', key: '1', file: 'file-1' }
    for (const effects of [{ parameters: new Map([['n', '2']]) }, { model: 'gpt-5-mini' }, { channels: ['c'] }]) {
      const answer = directBy({ do: effects })(call, PRINCIPAL, { ...envelope, heldBy })
      expect(answer.ok && answer.value.heldBy).toEqual(heldBy)
    }
  })

  test('that parameters make wrong is refused with the name of the rule', () => {
    const { call, envelope } = read(asking({ reasoning: 'x' }))
    const refusedBy = (name: string, value: string) => {
      const answer = directBy({ name: 'strange', do: { parameters: new Map([[name, value]]) } })(
        call,
        PRINCIPAL,
        envelope,
      )
      return answer.ok ? 'nothing' : answer.error.message
    }
    expect(refusedBy('n', '"many"')).toStartWith('The rule strange changes this request: `n` must be')
    expect(refusedBy('reasoning.effort', '"low"')).toStartWith(
      'The rule strange changes this request: `reasoning` must be an object',
    )
  })

  test('that counts tokens takes no parameters, and goes where the rule says', () => {
    const operation: Operation = { format: 'anthropic-messages', action: 'count-tokens' }
    const { call, envelope } = read(asking({}), operation)
    const answer = directBy({ do: { model: 'gpt-5-mini', parameters: new Map([['temperature', '1']]) } })(
      call,
      PRINCIPAL,
      envelope,
    )
    expect(answer.ok && answer.value.scan).toBe(envelope.scan)
    expect(answer.ok && answer.value.directed?.model).toBe('gpt-5-mini')
  })

  test('of Gemini has parameters under the spelling that it uses itself', () => {
    const operation: Operation = {
      format: 'gemini',
      action: 'generate',
      pathModel: 'gemini-2.5-pro',
      pathStream: false,
    }
    const parameters = new Map([['generationConfig.maxOutputTokens', '9']])
    const body = { contents: [], generation_config: { max_output_tokens: 100, temperature: 0 } }
    const envelope = directed(directBy({ do: { parameters } }), body, operation)
    expect(bodyOf(envelope)).toEqual({ contents: [], generation_config: { max_output_tokens: 9, temperature: 0 } })
    expect(envelope.outputTokensLimit).toBe(9)
  })

  test('that is a form keeps its bytes, and says that the parameters are missing', () => {
    const form =
      '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt-image-1\r\n--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\nA cat\r\n--b\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\nx\r\n--b--\r\n'
    const operation: Operation = { format: 'openai-images', action: 'edit-image' }
    const envelope = directed(
      directBy({ when: { images: true }, do: { parameters: new Map([['quality', '"low"']]) } }),
      form,
      operation,
    )
    expect(Buffer.from(envelope.scan.bytes).toString()).toBe(form)
    expect(envelope.lost).toEqual([{ pointer: '', code: 'unsupported' }])
  })

  test('that goes on from kept turns has the parameters in both of its bodies', () => {
    const operation: Operation = { format: 'openai-responses', action: 'generate' }
    const { call, envelope } = read({ model: 'gpt-5', input: ['long'] }, operation)
    const { envelope: written } = read({ model: 'gpt-5', input: 'hi', previous_response_id: 'resp_1' }, operation)
    const recalled = { ...envelope, asWritten: written.scan, lost: [{ pointer: '/x', code: 'unsupported' as const }] }
    const answer = directBy({ do: { parameters: new Map([['store', 'false']]) } })(call, PRINCIPAL, recalled)
    if (!answer.ok || !answer.value.asWritten) throw new Error('it was refused')
    expect(bodyOf(answer.value)).toEqual({ model: 'gpt-5', input: ['long'], store: false })
    expect(bodyOf({ ...answer.value, scan: answer.value.asWritten })).toMatchObject({
      store: false,
      previous_response_id: 'resp_1',
    })
    expect(answer.value.lost).toEqual(recalled.lost)
  })
})

describe('fallbacks', () => {
  const body = asking({ fallbacks: ['gpt-5-mini', 'gpt-4o'] })
  const cases: readonly (readonly [string, readonly Wanted[], Partial<Envelope['directed'] & object> | undefined])[] = [
    ['stand where no rule counts for anything', [{ when: { models: ['o3'] } }], undefined],
    [
      'stand beside a rule for another model',
      [{ when: { models: ['gpt-5'] }, do: { model: 'o3' } }],
      { rule: 'rule 1', model: 'o3', fallbacks: ['gpt-5-mini', 'gpt-4o'] },
    ],
    [
      'are answered by what the same rule says',
      [{ when: { models: ['gpt-5*'] }, do: { model: 'o3' } }],
      { rule: 'rule 1', model: 'o3', fallbacks: ['gpt-4o'] },
    ],
    [
      'stand where the same rule says nothing of models',
      [{ do: { channels: ['a'] } }],
      { rule: 'rule 1', channels: ['a'], fallbacks: ['gpt-5-mini', 'gpt-4o'] },
    ],
    [
      'are no way around a rule of their own',
      [{ when: { models: ['gpt-4o'] }, do: { refuse: 'No.' } }],
      { rule: undefined, fallbacks: ['gpt-5-mini'] },
    ],
    [
      'are no way around a later rule',
      [{ when: { models: ['gpt-5'] } }, { when: { models: ['gpt-*'] }, do: { refuse: 'No.' } }],
      { rule: 'rule 1', fallbacks: [] },
    ],
  ]
  test.each(cases)('%s', (_what, rules, expected) => {
    const envelope = directed(directBy(...rules), body)
    if (expected) expect(envelope.directed).toMatchObject(expected)
    else expect(envelope.directed).toBeUndefined()
    const isShort = rules.length > 1 || rules[0]?.do?.refuse !== undefined
    expect(envelope.lost ?? []).toEqual(isShort ? [{ pointer: '/fallbacks', code: 'unsupported' }] : [])
  })

  test('and a preferred provider are told apart: channels of a rule leave no preference', () => {
    const envelope = directed(directBy({ do: { channels: ['a'] } }), asking({ provider: 'openai' }))
    expect(envelope.lost).toEqual([{ pointer: '/provider', code: 'unsupported' }])
  })
})

describe('what a request brings', () => {
  const brings = (wanted: 'tools' | 'images', body: object, operation = CHAT): boolean =>
    directed(directBy({ when: { [wanted]: true } }), body, operation).directed !== undefined
  const MESSAGES: Operation = { format: 'anthropic-messages', action: 'generate' }
  const RESPONSES: Operation = { format: 'openai-responses', action: 'generate' }
  const GEMINI: Operation = { format: 'gemini', action: 'generate', pathModel: 'gemini-2.5-pro', pathStream: false }
  const said = (part: object) => asking({ messages: [{ role: 'user', content: [part] }] })

  const tools: readonly (readonly [object, Operation, boolean])[] = [
    [asking({ tools: [{}] }), CHAT, true],
    [asking({ functions: [{ name: 'f' }] }), CHAT, true],
    [asking({ tools: [] }), CHAT, false],
    [asking({ tools: null }), CHAT, false],
    [asking({}), MESSAGES, false],
    [{ contents: [], tools: [{ functionDeclarations: [] }] }, GEMINI, true],
  ]
  test.each(tools)('is tools: %j of %j: %p', (body, operation, expected) =>
    expect(brings('tools', body, operation)).toBe(expected),
  )

  const images: readonly (readonly [string, object, Operation, boolean])[] = [
    ['Chat', said({ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }), CHAT, true],
    ['a small one of Chat', said({ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }), CHAT, true],
    [
      'Messages',
      said({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } }),
      MESSAGES,
      true,
    ],
    [
      'Responses',
      { model: 'gpt-5', input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
      RESPONSES,
      true,
    ],
    ['Gemini', { contents: [{ parts: [{ inlineData: { mimeType: 'image/webp', data: 'AA==' } }] }] }, GEMINI, true],
    [
      'Gemini in snake case',
      { contents: [{ parts: [{ inline_data: { mime_type: 'image/webp', data: 'AA==' } }] }] },
      GEMINI,
      true,
    ],
    [
      'sound of Gemini',
      { contents: [{ parts: [{ inlineData: { mimeType: 'audio/wav', data: 'AA==' } }] }] },
      GEMINI,
      false,
    ],
    [
      'a document',
      said({ type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' } }),
      MESSAGES,
      false,
    ],
    ['text about one', said({ type: 'text', text: '{"type":"image"}' }), MESSAGES, false],
  ]
  test.each(images)('is images: %s', (_what, body, operation, expected) =>
    expect(brings('images', body, operation)).toBe(expected),
  )

  test('is an image too where its type is written with escapes', () => {
    const scan = scanObject(Buffer.from('{"content":[{"\\u0074ype":"\\u0069mage"}]}'), { depthMax: 10 })
    expect(scan.ok && scan.value.imageCount).toBe(1)
  })
})
