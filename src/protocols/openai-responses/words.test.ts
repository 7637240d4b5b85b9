import { describe, expect, test } from 'bun:test'
import type { MediaBlock } from '../../canon/blocks.ts'
import { fault } from '../../errors.ts'
import { responseError, serviceTierOf } from './render-outcome.ts'
import { close, delta, ended, openCall, whole } from './test-answers.ts'
import { CREATED, event, read } from './test-events.ts'
import { parsed, read as conversationOf, tools } from './test-parse.ts'
import { call, losses as lossesOf, mediaOf, message, put, render, rendered, text, turn } from './test-render.ts'
import { isRefusedElsewhere, isVendorItem, readable } from './vendor-items.ts'

/** Every word of Responses that means something in other formats, row by row. */

describe('a response that failed', () => {
  test.each([
    ['rate_limit_exceeded', 429],
    ['insufficient_quota', 429],
    ['server_is_overloaded', 503],
    ['slow_down', 503],
    ['vector_store_timeout', 504],
    ['data_residency_mismatch', 403],
    ['bio_policy', 400],
    ['context_length_exceeded', 400],
    ['empty_image_file', 400],
    ['failed_to_download_image', 400],
    ['invalid_image', 400],
    ['server_error', 500],
  ])('with code %s is one with status %d, for the log', (code, status) => {
    const events = read([CREATED, event('failed', { response: { status: 'failed', error: { code, message: 'No.' } } })])
    expect(events.at(-1)).toMatchObject({ error: { internal: `${status} ${code} No.` } })
  })

  // The kind is that of the status the code would have come with.
  test.each([
    ['rate_limit_exceeded', 'rate-limit-exceeded'],
    ['insufficient_quota', 'upstream-refused'],
    ['server_is_overloaded', 'upstream-overloaded'],
    ['slow_down', 'upstream-overloaded'],
    ['vector_store_timeout', 'upstream-timeout'],
    ['data_residency_mismatch', 'upstream-refused'],
    ['bio_policy', 'invalid-request'],
    ['context_length_exceeded', 'context-length-exceeded'],
    ['empty_image_file', 'invalid-request'],
    ['failed_to_download_image', 'invalid-request'],
    ['invalid_image', 'invalid-request'],
    ['server_error', 'upstream-failed'],
  ])('with code %s failed of the kind %s', (code, kind) => {
    const events = read([CREATED, event('failed', { response: { status: 'failed', error: { code, message: 'No.' } } })])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind } })
  })

  test.each([
    ['rate-limit-exceeded', 'rate_limit_exceeded'],
    ['context-length-exceeded', 'context_length_exceeded'],
    ['invalid-request', 'invalid_prompt'],
    ['insufficient-balance', 'insufficient_quota'],
    ['overloaded', 'server_is_overloaded'],
    ['upstream-overloaded', 'server_is_overloaded'],
    ['upstream-failed', 'server_error'],
  ] as const)('of the kind %s says %s', (kind, code) => {
    expect(responseError(fault(kind, 'No.'))).toEqual({ code, message: 'No.' })
  })
})

describe('the tier of service', () => {
  test.each(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'])(
    '%s is told, and can be asked for',
    (tier) => {
      expect(serviceTierOf(tier.toUpperCase())).toBe(tier)
      const { body, losses } = rendered({ settings: { serviceTier: { value: tier, pointer: '/t' } } })
      expect(body.service_tier).toBe(tier)
      expect(losses).toEqual([])
    },
  )

  test('of Anthropic is told in OpenAI’s words, and what nobody knows is not told', () => {
    expect([serviceTierOf('standard'), serviceTierOf('best')]).toEqual(['default', undefined])
  })
})

describe('a request', () => {
  test('is repeated in the response, member by member', () => {
    const asked = {
      background: false,
      instructions: 'Be brief.',
      max_output_tokens: 99,
      max_tool_calls: 3,
      metadata: { a: 'b' },
      parallel_tool_calls: false,
      prompt_cache_key: 'k',
      prompt_cache_retention: 'in_memory',
      reasoning: { effort: 'low' },
      safety_identifier: 's',
      service_tier: 'flex',
      store: false,
      temperature: 0.5,
      text: { verbosity: 'low' },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 2,
      top_p: 0.5,
      truncation: 'disabled',
      user: 'u',
    }
    expect(parsed({ ...asked, include: [], something_new: 1 }).conversation.wishes.echo).toEqual(asked)
  })

  test.each(['minimal', 'low', 'medium', 'high', 'xhigh', 'max'])('asks for effort %s', (effort) => {
    expect(conversationOf({ reasoning: { effort } }).settings.reasoning?.value).toMatchObject({ effort })
  })

  test.each(['low', 'high', 'original', 'auto'])('has images of detail %s', (detail) => {
    const content = [{ type: 'input_image', image_url: 'https://example.com/a.png', detail }]
    expect(conversationOf({ input: [{ role: 'user', content }] }).turns[0]?.blocks).toMatchObject([
      { kind: 'media', detail },
    ])
  })
})

describe('media of another format', () => {
  const withAudio = mediaOf({ audio: true })
  const written = (block: MediaBlock) => rendered({ turns: [turn('user', [block])] }, withAudio)

  test.each([
    ['audio/wav', 'wav'],
    ['audio/x-wav', 'wav'],
    ['audio/wave', 'wav'],
    ['audio/mpeg', 'mp3'],
    ['audio/mp3', 'mp3'],
  ])('of %s is written as %s', (mediaType, format) => {
    const { body } = written({ kind: 'media', media: 'audio', source: { kind: 'base64', mediaType, data: 'AA==' } })
    expect(body.input).toEqual([message('user', { type: 'input_audio', input_audio: { data: 'AA==', format } })])
  })

  test.each([
    ['application/pdf', 'document.pdf'],
    ['application/json', 'document.json'],
    ['application/zip', 'document.bin'],
  ])('of %s is a file of the name %s', (mediaType, filename) => {
    const { body } = written({ kind: 'media', media: 'document', source: { kind: 'base64', mediaType, data: 'AA==' } })
    expect(body.input).toMatchObject([{ content: [{ type: 'input_file', filename }] }])
  })

  test.each([{ filename: 'a' }, { title: 'a' }, { context: 'a' }, { citationsEnabled: true }])(
    'that is an image has no %j, and that is said',
    (named) => {
      const source = { kind: 'base64', mediaType: 'image/png', data: 'AA==' } as const
      const block: MediaBlock = { kind: 'media', media: 'image', source, pointer: '/m', ...named }
      expect(lossesOf(written(block))).toEqual(['/m unsupported'])
    },
  )
})

describe('what a user says in another format', () => {
  test('that only models say is text, and what a vendor alone understands is its text', () => {
    const vendor = {
      kind: 'vendor',
      type: 'x',
      text: 'seen',
      opaque: { family: 'v', kind: 'native-block', data: '{}' },
    } as const
    const { body } = rendered({ turns: [turn('user', [text('hi'), { kind: 'refusal', text: 'No.' }, vendor])] })
    expect(body.input).toEqual([message('user', put('hi'), put('No.'), put('seen'))])
  })

  test('that only models do is left out, and said to be', () => {
    const thought = { kind: 'reasoning', text: 'Hm.', pointer: '/r' } as const
    const written = rendered({ turns: [turn('user', [text('hi'), thought, call()])] })
    expect(written.body.input).toEqual([message('user', put('hi'))])
    expect(lossesOf(written)).toEqual(['/r unsupported', '/c unsupported'])
  })

  test('that is an image of text is refused', () => {
    const source = { kind: 'text', mediaType: 'text/plain', text: 'x' } as const
    const block = { kind: 'media', media: 'image', source, pointer: '/m' } as const
    expect(render({ turns: [turn('user', [block])] })).toMatchObject({ error: { param: '/m' } })
  })
})

test.each(['auto', 'none', 'required'] as const)('the choice %s among tools has the same name', (kind) => {
  const declared = [{ kind: 'function', name: 'f', pointer: '/f', schema: { type: 'object' } }] as const
  const { body } = rendered({ tools: declared, toolChoice: { value: { kind }, pointer: '/c' } })
  expect(body.tool_choice).toBe(kind)
})

test.each(['input_text', 'output_text', 'text'])('a part of type %s is text', (type) => {
  const content = [{ type, text: 'x' }]
  expect(conversationOf({ input: [{ role: 'user', content }] }).turns[0]?.blocks).toMatchObject([
    { kind: 'text', text: 'x' },
  ])
})

describe('an item', () => {
  const LEFT_OUT =
    'file_search_call web_search_call image_generation_call code_interpreter_call tool_search_call tool_search_output additional_tools'
  const REFUSED =
    'computer_call computer_call_output compaction compaction_trigger mcp_list_tools mcp_approval_request mcp_approval_response mcp_call program program_output'

  test.each(LEFT_OUT.split(' '))('%s is OpenAI’s own, and can be left out elsewhere', (type) => {
    expect([isVendorItem(type), isRefusedElsewhere(type)]).toEqual([true, false])
  })

  test.each(REFUSED.split(' '))('%s is OpenAI’s own, and is refused elsewhere', (type) => {
    expect([isVendorItem(type), isRefusedElsewhere(type)]).toEqual([true, true])
  })
})

describe('a person reads of an item', () => {
  test.each([
    [{ type: 'web_search_call', action: { type: 'search', query: 'q' } }, 'q'],
    [{ type: 'web_search_call', action: { type: 'open_page', url: 'https://example.com' } }, 'https://example.com'],
    [{ type: 'file_search_call', results: [{ filename: 'a.md', text: 'x' }, { text: 'y' }] }, 'a.md\nx\ny'],
    [{ type: 'code_interpreter_call', code: '1 + 1', outputs: [{ type: 'logs', logs: '2' }] }, '1 + 1\n2'],
    [{ type: 'mcp_call', name: 'f', arguments: '{}', output: 'out' }, 'f\n{}\nout'],
    [{ type: 'computer_call' }, ''],
  ])('%j %j', (item, seen) => {
    expect(readable(item)).toBe(seen)
  })
})

test.each([
  ['local_shell', '{"command":["ls"]}', 'lsh_1_0'],
  ['shell', '{"commands":["ls"]}', 'sh_1_0'],
  ['apply_patch', '{"type":"delete_file","path":"a"}', 'apc_1_0'],
])('the call of a %s with %s has the id %s', (typed, said, id) => {
  const { output } = whole([openCall(0, { name: typed, typed }), delta(0, said), close(0), ...ended('tool-calls')])
  expect(output).toMatchObject([{ type: `${typed}_call`, id }])
})

describe('a file in a request', () => {
  test.each([
    ['image/png', 'image'],
    ['audio/wav', 'audio'],
    ['video/mp4', 'video'],
    ['application/x-thing', 'document'],
  ])('of %s is of the kind %s', (mediaType, media) => {
    const content = [{ type: 'input_file', filename: 'a', file_data: `data:${mediaType};base64,AAAA` }]
    expect(conversationOf({ input: [{ role: 'user', content }] }).turns[0]?.blocks).toMatchObject([{ media }])
  })
})

test('a function that is declared in full has nothing that is left', () => {
  const declared = { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false }
  expect(tools(declared)).toEqual([expect.not.objectContaining({ unmapped: expect.anything() })])
})
