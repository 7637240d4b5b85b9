import {
  type Asked,
  type Call,
  type Json,
  listOf,
  objectOf,
  type PastAnswer,
  piecesOf,
  type Reply,
  type Speaker,
  sse,
  textOf,
  type Tool,
  wordsOf,
} from './speaker.ts'

const toolOf = (tool: Json): Tool => {
  const form = tool.type === 'custom' ? 'custom' : 'function'
  const { name, description, parameters } = objectOf(tool[form])
  return { name: textOf(name), form, description: textOf(description), schema: objectOf(parameters) }
}

const pastAnswer = (message: Json): PastAnswer => ({
  calls: listOf(message.tool_calls).map((call) => {
    const { name, arguments: given, input } = objectOf(call.function ?? call.custom)
    return { id: textOf(call.id), name: textOf(name), input: textOf(given ?? input) }
  }),
  // Empty, it says that nobody knows what was thought.
  states: textOf(message.reasoning_content) === '' ? [] : [textOf(message.reasoning_content)],
})

const read = (body: Json): Asked => {
  const turns = listOf(body.messages)
  return {
    streams: body.stream === true,
    tools: listOf(body.tools).map(toolOf),
    answers: turns.filter(({ role }) => role === 'assistant').map(pastAnswer),
    results: turns
      .filter(({ role }) => role === 'tool')
      .map(({ tool_call_id, content }) => ({ id: textOf(tool_call_id), text: wordsOf(content) })),
    // The vendor that thinks aloud does so unless it is told not to; OpenAI's models hide what they think.
    thinks: textOf(body.model).startsWith('deepseek') && objectOf(body.thinking).type !== 'disabled',
    keepsState: true,
    shows: true,
  }
}

const usageOf = ({ usage }: Reply): Json => {
  const prompt = usage.input + usage.cache_read
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cache_read },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}

const callOf = ({ id, name, form, input }: Call): Json =>
  form === 'custom'
    ? { id, type: form, custom: { name, input } }
    : { id, type: form, function: { name, arguments: input } }

const finishOf = ({ calls }: Reply): string => (calls.length > 0 ? 'tool_calls' : 'stop')

const headOf = ({ id, model, createdAt }: Reply, object: string): Json => ({
  id,
  object,
  created: createdAt,
  model,
  system_fingerprint: 'fp_mock',
})

const whole = (reply: Reply): Json => {
  const { thought, text, calls } = reply
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(thought && { reasoning_content: thought.text }),
    ...(calls.length > 0 && { tool_calls: calls.map(callOf) }),
  }
  const choice = { index: 0, message, logprobs: null, finish_reason: finishOf(reply) }
  return { ...headOf(reply, 'chat.completion'), choices: [choice], usage: usageOf(reply) }
}

const callDeltas = ({ id, name, form, input }: Call, index: number): readonly Json[] => {
  const word = form === 'custom' ? 'input' : 'arguments'
  const delta = (call: Json): Json => ({ tool_calls: [{ index, ...call }] })
  return [
    delta({ id, type: form, [form]: { name, [word]: '' } }),
    ...piecesOf(input).map((piece) => delta({ [form]: { [word]: piece } })),
  ]
}

const stream = (reply: Reply, body: Json): string => {
  const head = headOf(reply, 'chat.completion.chunk')
  const counts = objectOf(body.stream_options).include_usage === true
  const chunk = (delta: Json, finish: string | null = null): Json => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(counts && { usage: null }),
  })
  const deltas: Json[] = [
    { role: 'assistant', content: '' },
    ...piecesOf(reply.thought?.text ?? '').map((reasoning_content) => ({ content: null, reasoning_content })),
    ...piecesOf(reply.text).map((content) => ({ content })),
    ...reply.calls.flatMap(callDeltas),
  ]
  const chunks = [...deltas.map((delta) => chunk(delta)), chunk({}, finishOf(reply))]
  if (counts) chunks.push({ ...head, choices: [], usage: usageOf(reply) })
  return `${chunks.map((one) => sse(one)).join('')}data: [DONE]\n\n`
}

/** OpenAI's Chat, and DeepSeek's, which thinks in `reasoning_content` and wants that back beside the calls it led to. */
export const chat: Speaker = {
  format: 'openai-chat',
  read,
  statesOf: ({ thought }) => (thought ? [thought.text] : []),
  whole,
  stream,
  error: (status, message) => ({
    error: { message, type: 'invalid_request_error', param: null, code: status === 401 ? 'invalid_api_key' : null },
  }),
}
