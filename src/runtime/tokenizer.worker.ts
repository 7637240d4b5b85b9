import { parentPort } from 'node:worker_threads'
import { loadTokenCounter } from '../metering/tokens.ts'
import type { CountAnswer, CountRequest } from './tokenizer.ts'

const counter = loadTokenCounter()

parentPort?.on('message', async ({ id, text }: CountRequest) => {
  parentPort?.postMessage(await answer(id, text))
})

const answer = async (id: number, text: string): Promise<CountAnswer> => {
  try {
    const count = await counter
    return { id, tokens: count(text) }
  } catch (error) {
    return { id, tokens: undefined, error: String(error) }
  }
}
