import { framesOf, type Json, jsonOf, listOf, objectOf } from './frames.ts'
import type { Verdict } from './grammar.ts'

/** Events whose payload belongs to one item, which must be open. */
const ITEM_EVENTS =
  /^response\.(?:content_part|output_text|refusal|function_call_arguments|custom_tool_call_input|reasoning_summary_part|reasoning_summary_text|reasoning_text|web_search_call|output_text\.annotation)\./
const TERMINALS = new Set(['response.completed', 'response.incomplete', 'response.failed'])

interface Item {
  readonly id: unknown
  readonly type: unknown
  done: Json | undefined
}

/** The rules that openai-node 7's accumulator enforces, and the ones that only Codex trips over. */
export const judgeResponses = (text: string): Verdict => {
  const { frames, rest } = framesOf(text)
  const judge = new ResponsesJudge()
  if (rest !== '') judge.faults.push(`unfinished event: ${rest.slice(0, 80)}`)
  for (const { name, data } of frames) judge.take(name, data)
  return { faults: judge.faults, end: judge.end }
}

class ResponsesJudge {
  readonly faults: string[] = []
  end: Verdict['end'] = 'none'
  #sequence = 0
  readonly #items: Item[] = []

  take(name: string, data: string): void {
    const event = jsonOf(data)
    if (!event) return void this.#fail(`not JSON: ${data.slice(0, 80)}`)
    if (event.type !== name) this.#fail(`event ${name} carries type ${event.type}`)
    if (this.end !== 'none') this.#fail(`${name} after the end`)
    if (event.sequence_number !== this.#sequence)
      this.#fail(`sequence_number ${event.sequence_number}, not ${this.#sequence}`)
    if (this.#sequence === 0 && name !== 'response.created') this.#fail(`${name} before response.created`)
    this.#sequence += 1
    if (name === 'response.output_item.added') this.#add(event)
    else if (name === 'response.output_item.done') this.#finish(event)
    else if (ITEM_EVENTS.test(name)) this.#inItem(name, event)
    else if (TERMINALS.has(name)) this.#terminate(name, event)
    else if (!['response.created', 'response.in_progress', 'error'].includes(name)) this.#fail(`unknown event ${name}`)
  }

  #fail(message: string): void {
    this.faults.push(message)
  }

  #add(event: Json): void {
    const item = objectOf(event.item)
    if (event.output_index !== this.#items.length)
      this.#fail(`output_index ${event.output_index}, not ${this.#items.length}`)
    if (typeof item.id !== 'string' || item.id === '') this.#fail(`an item of type ${item.type} without an id`)
    if (this.#items.some(({ id }) => id === item.id)) this.#fail(`item id ${item.id} twice`)
    this.#items.push({ id: item.id, type: item.type, done: undefined })
  }

  #finish(event: Json): void {
    const item = objectOf(event.item)
    const open = this.#items[Number(event.output_index)]
    if (!open || open.done) return void this.#fail(`done for item ${event.output_index}, which is not open`)
    if (open.id !== item.id || open.type !== item.type) this.#fail(`item ${item.id} ends as another than it began`)
    open.done = item
  }

  #inItem(name: string, event: Json): void {
    const open = this.#items[Number(event.output_index)]
    if (!open || open.done) return void this.#fail(`${name} for item ${event.output_index}, which is not open`)
    if (event.item_id !== open.id) this.#fail(`${name} names item ${event.item_id} at the index of ${open.id}`)
  }

  #terminate(name: string, event: Json): void {
    const response = objectOf(event.response)
    this.end = name === 'response.failed' ? 'error' : 'success'
    if (this.end === 'error') {
      if (typeof objectOf(response.error).message !== 'string') this.#fail('response.failed without an error message')
      return
    }
    const output = listOf(response.output)
    const done = this.#items.map((item) => item.done)
    if (done.some((item) => item === undefined)) this.#fail(`${name} with an open item`)
    if (JSON.stringify(output) !== JSON.stringify(done)) this.#fail('the output is not the items that were done')
    const usage = objectOf(response.usage)
    for (const name of ['input_tokens_details', 'output_tokens_details'])
      if (typeof usage[name] !== 'object') this.#fail(`usage without ${name}`)
  }
}
