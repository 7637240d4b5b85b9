import { type Asked, reply, type Script, stream } from '../faults/scripted.ts'

/// Upstreams that repeat the key they were asked with, wherever and however one can.

/** Where a key stands in the texts below. */
const PLACE = '@@'

const escaped = (text: string): string =>
  Array.from(text, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')

/** Ways to write a key down. */
export const FORMS: Readonly<Record<string, (key: string) => string>> = {
  'as it is': (key) => key,
  'behind its scheme': (key) => `Bearer ${key}`,
  'with slashes escaped': (key) => key.replaceAll('/', '\\/'),
  'every character escaped': escaped,
  'one character escaped': (key) => key.slice(0, 6) + escaped(key.slice(6, 7)) + key.slice(7),
  'JSON in JSON': (key) => JSON.stringify(JSON.stringify({ key })).slice(1, -1),
  'escaped JSON in JSON': (key) => escaped(key).replaceAll('\\', '\\\\'),
  percent: (key) => encodeURIComponent(key),
  'every byte percent': (key) => Buffer.from(key).toString('hex').replace(/../g, '%$&'),
  'a page’s': (key) => Array.from(key, (each) => `&#${each.charCodeAt(0)};`).join(''),
  base64: (key) => Buffer.from(key).toString('base64'),
  'base64 behind a name': (key) => Buffer.from(`user:${key}`).toString('base64'),
  'base64 for addresses': (key) => Buffer.from(`ab${key}`).toString('base64url'),
  'base64 in JSON': (key) => Buffer.from(key).toString('base64').replaceAll('/', '\\/'),
  hexadecimal: (key) => Buffer.from(key).toString('hex'),
}

const told = {
  ...{ message: `Incorrect API key provided: ${PLACE}.`, type: PLACE, code: PLACE, param: PLACE, status: PLACE },
  details: [{ '@type': PLACE, reason: PLACE, metadata: { key: PLACE, [PLACE]: 1 } }],
}

/** Bodies of refusals, with the key in each of their fields. */
export const BODIES: Readonly<Record<string, string>> = {
  'an error of OpenAI': JSON.stringify({ error: told, request_id: PLACE, [PLACE]: true }),
  'an error of Anthropic': JSON.stringify({ type: 'error', error: { ...told, type: 'invalid_request_error' } }),
  'an error of Google': JSON.stringify({ error: { ...told, code: 400, status: 'INVALID_ARGUMENT' } }),
  'a list of Google’s': JSON.stringify([{ error: { ...told, code: 400, status: 'INVALID_ARGUMENT' } }]),
  'an error in words': JSON.stringify({ error: PLACE, message: PLACE, detail: [{ loc: [PLACE], msg: PLACE }] }),
  'a failed response': JSON.stringify({ id: 'resp_1', object: 'response', status: 'failed', error: told }),
  'a plain text': PLACE,
  'a page': `<html><body>${PLACE}</body></html>`,
}

/** Headers that a vendor, or something before it, may send. */
export const headersWith = (key: string): Record<string, string> => ({
  'x-debug-authorization': `Bearer ${key}`,
  'x-debug-url': `https://vendor.example/v1?key=${encodeURIComponent(key)}`,
  'x-debug-basic': `Basic ${Buffer.from(`user:${key}`).toString('base64')}`,
  'x-debug-json': JSON.stringify({ key }),
  warning: `299 - "${key}"`,
  'www-authenticate': `Bearer realm="${key}"`,
  'set-cookie': `key=${key}`,
  location: `https://vendor.example/?key=${key}`,
  'retry-after': key,
})

/** One refusal. */
export const refusing = (status: number, body: string, written: string, key: string): Script =>
  reply(status, body.replaceAll(PLACE, written), headersWith(key))

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`
const named = (...events: readonly { readonly type: string; readonly [more: string]: unknown }[]): string =>
  events.map((each) => `event: ${each.type}\n${event(each)}`).join('')

/** How a stream in each provider's format begins, and how it tells an error; the key where the texts have their place. */
const STREAMS: Readonly<Record<keyof typeof ANSWERS, { readonly first: string; readonly errors: readonly string[] }>> =
  {
    oc: {
      first: event({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'One' } }] }),
      errors: [event({ error: told }), `event: error\n${event({ error: told })}`, event({ error: PLACE })],
    },
    oa: {
      first: named(
        { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } },
        { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'One' },
      ),
      errors: [
        named({ ...told, type: 'error' }),
        named({ type: 'response.failed', response: { id: 'resp_1', status: 'failed', error: told } }),
      ],
    },
    an: {
      first: named(
        {
          type: 'message_start',
          message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], usage: { input_tokens: 10 } },
        },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'One' } },
      ),
      errors: [named({ type: 'error', error: { ...told, type: 'api_error' } })],
    },
    ge: {
      first: event({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'One' }] } }] }),
      errors: [event({ error: { ...told, code: 500, status: 'INTERNAL' } }), event([{ error: told }])],
    },
  }

/** What is spoken at a path: a provider may speak several formats. */
const spokenAt = ({ target }: Asked): keyof typeof ANSWERS => {
  if (target.includes('/responses')) return 'oa'
  if (target.includes('/messages')) return 'an'
  return target.includes(':') ? 'ge' : 'oc'
}

export interface Breaking {
  /** Which of the format's errors, of which there are three at most. */
  readonly error: number
  readonly afterContent: boolean
  readonly pieceLength: number
}

/** A stream that tells of an error, in pieces of so many bytes, and ends. What is no error has the key as it is. */
export const breaking =
  ({ error, afterContent, pieceLength }: Breaking, written: string, key: string): Script =>
  (socket, asked) => {
    const { first, errors } = STREAMS[spokenAt(asked)]
    const told = (errors[error % errors.length] ?? '').replaceAll(PLACE, written)
    const whole = `: ${key}\n\n${afterContent ? first : ''}${told}`
    const tell = stream(async (out) => {
      for (let at = 0; at < whole.length; at += pieceLength) await out.write(whole.slice(at, at + pieceLength))
      out.end()
    })
    return tell(socket, asked)
  }

const chat = {
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: PLACE }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

/** Whole answers in each provider's format, none of them an error, that repeat what they were asked with. */
const ANSWERS: Readonly<Record<'oc' | 'oa' | 'an' | 'ge', object>> = {
  oc: { ...chat, id: PLACE, system_fingerprint: PLACE, debug: { authorization: `Bearer ${PLACE}` } },
  oa: {
    ...{ id: 'resp_1', object: 'response', status: 'completed', metadata: { key: PLACE } },
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        content: [{ type: 'output_text', text: PLACE, annotations: [] }],
      },
    ],
    usage: { input_tokens: 10, output_tokens: 5 },
  },
  an: {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: PLACE, stop_reason: 'end_turn', debug: PLACE },
    content: [{ type: 'text', text: PLACE }],
    usage: { input_tokens: 10, output_tokens: 5 },
  },
  ge: {
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text: PLACE }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5 },
    modelVersion: PLACE,
  },
}

/** A whole answer, in the format that is asked for, with the key in every place of it. */
export const answering =
  (key: string): Script =>
  (socket, asked) =>
    reply(200, JSON.stringify(ANSWERS[spokenAt(asked)]).replaceAll(PLACE, key), headersWith(key))(socket, asked)

/** Answers that break the rules of HTTP, or use what few do, with the key in it. */
export const WIRES: Readonly<Record<string, (key: string) => string>> = {
  'a reason': (key) => `HTTP/1.1 400 ${key}\r\ncontent-length: 2\r\n\r\n{}`,
  'a hint before': (key) =>
    `HTTP/1.1 103 Early\r\nlink: <${key}>\r\n\r\nHTTP/1.1 400 Bad\r\ncontent-length: 2\r\n\r\n{}`,
  'a trailer': (key) =>
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-key\r\n\r\n2\r\n{}\r\n0\r\nx-key: ${key}\r\n\r\n`,
  'a line that is no header': (key) => `HTTP/1.1 200 OK\r\n${key}\r\n\r\n`,
  'a broken header': (key) => `HTTP/1.1 200 OK\r\nx-key: ${key}\0\r\n\r\n`,
  'no HTTP': (key) => `${key}\r\n\r\n`,
  'the size of a chunk': (key) => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${key}\r\n\r\n`,
  'a type': (key) => `HTTP/1.1 200 OK\r\ncontent-type: text/${key}\r\ncontent-length: 2\r\n\r\n{}`,
  'a coding': (key) => `HTTP/1.1 200 OK\r\ncontent-encoding: ${key}\r\ncontent-length: 2\r\n\r\n{}`,
}

/** Writes these bytes and hangs up. */
export const writing =
  (bytes: string): Script =>
  (socket) =>
    void socket.end(Buffer.from(bytes, 'latin1'))

/** A stream of any type, none of it an error, with the key cut at each of its characters. */
export const inPieces = (key: string, type: string): Script =>
  stream(async (out) => {
    for (let at = 1; at < key.length; at++) {
      await out.write(`data: {"asked with":"Bearer ${key.slice(0, at)}`)
      await out.write(`${key.slice(at)}"}\n\n`)
    }
    out.end()
  }, type)
