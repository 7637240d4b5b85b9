import { type Fate, type KeptBatch, type KeptFile, type Line, Shelf } from './shelf.ts'
import { answerAnthropic, endAnthropic } from './vendor-anthropic.ts'
import { answerOpenAi, chatAnswer, endOpenAi, openAiError } from './vendor-openai.ts'

export interface Vendor {
  readonly url: string
  /** Every request: `POST /v1/files`. */
  readonly asked: string[]
  readonly files: Map<string, KeptFile>
  readonly batches: ReadonlyMap<string, KeptBatch>
  /** Ends a batch, each line as `fate` has it. */
  end(id: string, status: 'completed' | 'cancelled' | 'expired', fate: (line: Line, index: number) => Fate): void
  fail(id: string): void
  /** From now on nobody is given results; what is asked meanwhile waits. */
  holdResults(): void
  releaseResults(): void
  /** How often results were asked for. */
  readonly resultsAsked: () => number
  /** The next batch is made, but nobody is told. */
  breakNextCreation(): void
  stop(): Promise<void>
}

/** A vendor of both APIs: it keeps files and batches for each of its accounts, and lets a batch end when it is told to. */
export const startVendor = (): Vendor => {
  const shelf = new Shelf()
  const asked: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url)
      asked.push(`${request.method} ${pathname}`)
      const bearer = request.headers.get('authorization')?.replace('Bearer ', '')
      const account = request.headers.get('x-api-key') ?? bearer ?? ''
      if (!account.startsWith('vendor-secret-')) return openAiError(401, 'Incorrect API key provided')
      const answer =
        answerAnthropic(shelf, request, account, pathname) ?? answerOpenAi(shelf, request, account, pathname)
      return answer ?? converse(shelf, await request.text(), account)
    },
  })
  const found = (id: string): KeptBatch => {
    const batch = shelf.batches.get(id)
    if (!batch) throw new Error(`the vendor has no batch ${id}`)
    return batch
  }
  return {
    url: `http://127.0.0.1:${server.port}`,
    asked,
    files: shelf.files,
    batches: shelf.batches,
    end: (id, status, fate) => {
      const batch = found(id)
      if (batch.api === 'openai') endOpenAi(shelf, batch, status, batch.lines.map(fate))
      else endAnthropic(batch, batch.lines.map(fate))
    },
    fail: (id) => {
      const batch = found(id)
      batch.body = { ...batch.body, status: 'failed', errors: { object: 'list', data: [] } }
    },
    holdResults: () => shelf.holdResults(),
    releaseResults: () => shelf.releaseResults(),
    resultsAsked: () => shelf.resultsAsked,
    breakNextCreation: () => {
      shelf.breaksCreation = true
    },
    stop: () => server.stop(true),
  }
}

/** A conversation, which may name a file of the same account. */
const converse = (shelf: Shelf, text: string, account: string): Response => {
  const named = /"file_id":\s*"([^"]+)"/.exec(text)?.[1]
  if (named !== undefined && shelf.files.get(named)?.account !== account) return openAiError(404, 'no such file')
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
  return Response.json(chatAnswer(JSON.parse(text) as Line['body'], usage))
}
