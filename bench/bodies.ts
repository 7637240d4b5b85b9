/** Request and answer bodies of the benchmark: the shapes of a chat client, filled to a size. */

const SENTENCE = 'The quick gateway carries the answer to the client and counts each token on its way. '

/** A chat request of about `bytes` bytes, as an agent sends it: many messages, tools, `stream` last. */
export const chatRequest = (bytes: number, stream: 'no' | 'at-once' | 'paced'): string => {
  const tool = {
    type: 'function',
    function: {
      name: 'read_file',
      description: SENTENCE,
      parameters: { type: 'object', properties: { path: { type: 'string' } } },
    },
  }
  const messages: { role: string; content: string }[] = [{ role: 'system', content: SENTENCE }]
  const size = () => JSON.stringify({ messages }).length
  const piece = Math.max(200, Math.min(4_000, Math.floor(bytes / 8)))
  for (let turn = 0; size() + piece < bytes - 600; turn += 1) {
    const content = `${turn}: ${SENTENCE.repeat(Math.ceil(piece / SENTENCE.length))}`.slice(0, piece)
    messages.push({ role: turn % 2 ? 'assistant' : 'user', content })
  }
  messages.push({ role: 'user', content: 'Go on.' })
  return JSON.stringify({ model: 'bench', messages, tools: [tool], max_completion_tokens: 1_000, ...FLAGS[stream] })
}

/** The seed tells the provider of the benchmark to send its events 5 ms apart. */
const FLAGS = {
  no: { stream: false },
  'at-once': { stream_options: { include_usage: true }, stream: true },
  paced: { stream_options: { include_usage: true }, seed: 5, stream: true },
}

export const chatAnswer = (): string =>
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'bench',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: SENTENCE.repeat(12), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 400,
      completion_tokens: 210,
      total_tokens: 610,
      prompt_tokens_details: { cached_tokens: 128 },
    },
  })

/** A streamed answer of `count` content chunks and the usage chunk. */
export const chatStream = (count: number): string => {
  const chunk = (choices: unknown, usage: unknown = null) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'bench', system_fingerprint: 'fp_bench', choices, usage })}\n\n`
  const delta = (index: number) =>
    chunk([
      {
        index: 0,
        delta: index === 0 ? { role: 'assistant', content: '' } : { content: ' token' },
        logprobs: null,
        finish_reason: null,
      },
    ])
  const end = chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])
  const usage = chunk([], { prompt_tokens: 400, completion_tokens: count, total_tokens: 400 + count })
  return `${Array.from({ length: count }, (_, index) => delta(index)).join('')}${end}${usage}data: [DONE]\n\n`
}
