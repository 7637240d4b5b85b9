/** What the rows about reasoning say again and again, and clients that go on after an answer. */
import {
  chat,
  chatResult,
  chatTool,
  claude,
  claudeTool,
  gemini,
  GEMINI_HI,
  HI,
  responses,
  text,
  toolResult,
  user,
} from './said.ts'

export const THINKING = { type: 'thinking', thinking: 'Let me see.', signature: 'EqMBsig' }
export const REDACTED = { type: 'redacted_thinking', data: 'RedactedState==' }
export const CALLING = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } }
export const TOOLS = [chatTool('f', { type: 'object', properties: {} })]
export const THOUGHT_ITEM = {
  type: 'reasoning',
  id: 'rs_1',
  summary: [{ type: 'summary_text', text: 'Let me see.' }],
  encrypted_content: 'gAAAAsealed',
}
export const FUNCTION_CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"a":1}' }
export const RESULT_ITEM = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
export const SIGNED_CALL = { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'U2lnbmVk' }

export type Message = Readonly<Record<string, unknown>>

/** A Chat client that sends its last message back as it was given it, with the results of its calls. */
export const chatGoesOn = (answer: Message): Message => {
  const [{ message }] = answer.choices as [{ message: Message & { tool_calls?: readonly { id: string }[] } }]
  const results = (message.tool_calls ?? []).map(({ id }) => chatResult(id, 'done'))
  const more = results.length > 0 ? results : [{ role: 'user', content: 'go on' }]
  return chat([HI, message, ...more], { tools: TOOLS, reasoning_effort: 'high' })
}
export const claudeGoesOn = ({ content }: Message): Message =>
  claude([HI, { role: 'assistant', content }, user(text('go on'))], {
    thinking: { type: 'enabled', budget_tokens: 2_000 },
  })
export const claudeGivesResult = ({ content }: Message): Message => {
  const call = (content as readonly Message[]).find(({ type }) => type === 'tool_use')
  return claude([HI, { role: 'assistant', content }, user(toolResult(String(call?.id), 'done'))], {
    tools: [claudeTool('f')],
    thinking: { type: 'enabled', budget_tokens: 2_000 },
  })
}
export const responsesGoOn = ({ output }: Message): Message =>
  responses([{ role: 'user', content: 'hi' }, ...(output as readonly Message[]), { role: 'user', content: 'go on' }])
export const geminiGoesOn = ({ candidates }: Message): Message => {
  const [{ content }] = candidates as [{ content: Message }]
  return gemini([GEMINI_HI, content, { role: 'user', parts: [{ text: 'go on' }] }])
}
