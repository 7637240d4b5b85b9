import { describe, expect, test } from 'bun:test'
import type { Block, Opaque } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import {
  call,
  conversation,
  HI,
  LEGACY,
  modelParts,
  PROFILE,
  reasoning,
  refusal,
  render,
  result,
  signed,
  text,
  turn,
} from './test-render.ts'

describe('turns', () => {
  test('162 keeps the texts of the system prompt apart', () => {
    const { body, losses } = render(
      conversation([turn('system', text('a'), text('b')), turn('developer', text('c')), HI]),
    )
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] })
    expect(losses).toEqual([])
  })

  test('36 an instruction in the middle stays in its place, saying so', () => {
    const { body, losses } = render(conversation([HI, turn('assistant', text('yes')), turn('system', text('stop'))]))
    expect(body.systemInstruction).toBeUndefined()
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ text: 'yes' }] },
      { role: 'user', parts: [{ text: '<system-reminder>\nstop\n</system-reminder>' }] },
    ])
    expect(losses).toEqual(['approximated /system'])
  })

  test('39 refuses an image in the system prompt', () => {
    const image: Block = { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://a/b.png' } }
    expect(refusal(conversation([turn('system', image), HI]))).toBe('/system/0')
  })

  test('58 begins with the user', () => {
    const { body, losses } = render(conversation([turn('assistant', text('hello'))]))
    expect((body.contents as readonly JsonObject[]).map(({ role }) => role)).toEqual(['user', 'model'])
    expect(losses).toEqual(['added /assistant'])
  })

  test('46 results stand right behind their calls, in the order of the calls, under their names', () => {
    const { body } = render(
      conversation([
        HI,
        turn('assistant', call('c1'), call('c2', { name: 'g' })),
        turn('user', result('c2', 'two'), result('c1', 'one')),
      ]),
    )
    expect((body.contents as readonly JsonObject[])[2]).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'f', response: { output: 'one' } } },
        { functionResponse: { id: 'c2', name: 'g', response: { output: 'two' } } },
      ],
    })
  })

  test.each([
    ['47 wraps a text', result('c', '259.75'), { output: '259.75' }],
    ['47 wraps an object so that it can be unwrapped', result('c', '{"a":1}'), { output: { a: 1 } }],
    ['an object that would be written otherwise stays text', result('c', '{ "a": 1 }'), { output: '{ "a": 1 }' }],
    ['45 says that a tool failed', result('c', 'bad', { isError: true }), { error: 'bad' }],
    ['an empty result is an empty output', result('c', ''), { output: '' }],
  ])('%s', (_, block, response) => {
    const { body } = render(conversation([HI, turn('assistant', call('c')), turn('user', block)]))
    const [part] = (body.contents as readonly { parts: readonly { functionResponse: JsonObject }[] }[])[2]?.parts ?? []
    expect(part?.functionResponse.response).toEqual(response)
  })

  test('44 an image in a result goes into the response where the model takes it there, and beside it elsewhere', () => {
    const image = {
      kind: 'media',
      media: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
    } as const
    const asked = conversation([
      HI,
      turn('assistant', call('c')),
      turn('user', { kind: 'tool-result', callId: 'c', form: 'function', content: [{ ...image, pointer: '/image' }] }),
    ])
    const inlineData = { mimeType: 'image/png', data: 'AA==' }
    const inside = render(asked)
    expect((inside.body.contents as readonly JsonObject[])[2]).toMatchObject({
      parts: [{ functionResponse: { response: { output: '' }, parts: [{ inlineData }] } }],
    })
    const beside = render(asked, LEGACY)
    expect((beside.body.contents as readonly JsonObject[])[2]).toEqual({
      role: 'user',
      parts: [{ functionResponse: { name: 'f', response: { output: '' } } }, { inlineData }],
    })
    expect(beside.losses).toEqual(['moved /image'])
  })

  test('48 leaves ids out where they are refused', () => {
    const { body } = render(conversation([HI, turn('assistant', call('c')), turn('user', result('c', 'x'))]), LEGACY)
    expect(JSON.stringify(body)).not.toContain('"id"')
  })

  test('31 arguments that are no object travel whole under another name, saying so', () => {
    const { parts, losses } = modelParts(call('c', { arguments: '{"a":', opaque: signed('s', 'call') }))
    expect(parts).toEqual([
      { functionCall: { id: 'c', name: 'f', args: { __raw_arguments: '{"a":' } }, thoughtSignature: 's' },
    ])
    expect(losses).toContain('approximated /assistant/0')
  })

  test('32 143 no arguments are an empty object, and numbers keep their spelling', () => {
    const { parts } = modelParts(call('c', { arguments: '' }), call('d', { arguments: '{"n":1.0}' }))
    expect(writeJson(parts)).toContain('"args":{}')
    expect(writeJson(parts)).toContain('"args":{"n":1.0}')
  })

  test('133 a longer conversation begins with the same bytes', () => {
    const turns = [
      HI,
      turn('assistant', text('a'), call('c')),
      turn('user', result('c', 'r')),
      turn('assistant', text('b')),
      HI,
    ]
    const written = (count: number) => writeJson(render(conversation(turns.slice(0, count))).body.contents).slice(0, -1)
    expect(written(5).startsWith(written(3))).toBe(true)
  })
})

describe('signatures', () => {
  test('16 17 the first call of a step without one gets the word for none, the others nothing', () => {
    const { parts, losses } = modelParts(call('c'), call('d'))
    expect(parts?.map((part) => part.thoughtSignature)).toEqual(['skip_thought_signature_validator', undefined])
    expect(losses).toContain('added /assistant/0')
  })

  test('a model that demands none gets none', () => {
    const { body } = render(conversation([HI, turn('assistant', call('c')), turn('user', result('c', 'x'))]), LEGACY)
    expect(JSON.stringify(body)).not.toContain('thoughtSignature')
  })

  test.each([
    ['on its call', [call('c', { opaque: signed('s', 'call') })], ['s']],
    ['before its call', [reasoning(signed('s', 'call')), call('c')], ['s']],
    [
      'before the second call',
      [call('c', { opaque: signed('r', 'call') }), reasoning(signed('s', 'call')), call('d')],
      ['r', 's'],
    ],
    ['on its text', [{ kind: 'text', text: 'x', opaque: signed('s', 'text') } as Block], ['s']],
    ['after its text', [text('x'), reasoning(signed('s', 'text'))], ['s']],
    ['before its text', [reasoning(signed('s', 'text')), text('x')], ['s']],
    ['on its thought', [reasoning(signed('s', 'thought'), 'Hm')], ['s']],
    ['without its part', [text('x'), reasoning(signed('s', 'call'))], [undefined, 's']],
  ])('16 18 19 one that came back %s is written there', (_, blocks, expected) => {
    const { parts } = modelParts(...blocks)
    expect(parts?.map((part) => part.thoughtSignature as string | undefined)).toEqual(expected)
  })

  test.each([
    [
      '4 of another vendor',
      reasoning({ family: 'anthropic', kind: 'thinking', data: '{}' }, 'Hm'),
      'reasoning_foreign',
    ],
    ['20 of nobody', reasoning(undefined, 'Hm'), 'reasoning_unsigned'],
  ])('reasoning %s is left out whole, saying so', (_, block, code) => {
    const { parts, losses } = modelParts(block, text('yes'))
    expect(parts).toEqual([{ text: 'yes' }])
    expect(losses).toEqual([`${code} /assistant/0`])
  })

  test('what Google alone understands goes back as it came', () => {
    const part = { executableCode: { code: 'x' }, thoughtSignature: 's' }
    const opaque: Opaque = { family: 'google', kind: 'native-block', data: JSON.stringify(part) }
    expect(modelParts({ kind: 'vendor', type: 'executableCode', opaque, text: 'x' }).parts).toEqual([part])
  })
})

describe('media', () => {
  const media = (block: Partial<Extract<Block, { kind: 'media' }>>): Block => ({
    kind: 'media',
    media: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
    ...block,
  })

  test.each<[string, Block, JsonObject]>([
    ['bytes', media({}), { inlineData: { mimeType: 'image/png', data: 'AA==' } }],
    [
      '157 an address',
      media({ source: { kind: 'url', url: 'https://a/b.png' } }),
      { fileData: { mimeType: 'image/png', fileUri: 'https://a/b.png' } },
    ],
    [
      'its own file',
      media({ source: { kind: 'file', id: 'files/1', family: 'google' } }),
      { fileData: { fileUri: 'files/1' } },
    ],
    [
      'a text',
      media({ media: 'document', source: { kind: 'text', text: 'é', mediaType: 'text/plain' } }),
      { inlineData: { mimeType: 'text/plain', data: 'w6k=' } },
    ],
  ])('%s', (_, block, part) => {
    expect(render(conversation([turn('user', block)])).body.contents).toEqual([{ role: 'user', parts: [part] }])
  })

  test('56 refuses a file of another vendor', () => {
    expect(
      refusal(conversation([turn('user', media({ source: { kind: 'file', id: 'file-a', family: 'openai' } }))])),
    ).toBe('/user/0')
  })

  test('refuses what the model does not take', () => {
    const profile = { ...PROFILE, media: { ...PROFILE.media, video: false } }
    expect(refusal(conversation([turn('user', media({ media: 'video' }))]), profile)).toBe('/user/0')
  })

  test('a detail that all images share becomes the resolution of the request', () => {
    const { body, losses } = render(conversation([turn('user', media({ detail: 'low' }))]))
    expect(body.generationConfig).toEqual({ mediaResolution: 'MEDIA_RESOLUTION_LOW' })
    expect(losses).toEqual(['approximated /user/0'])
  })
})
