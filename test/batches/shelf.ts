/** A file as the vendor keeps it, for one of its accounts. */
export interface KeptFile {
  readonly account: string
  readonly id: string
  readonly name: string
  readonly purpose: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface KeptBatch {
  readonly account: string
  readonly id: string
  readonly api: 'openai' | 'anthropic'
  /** As the client's requests were sent. */
  readonly lines: readonly Line[]
  body: Record<string, unknown>
  results: string
}

export interface Line {
  readonly custom_id: string
  /** Of OpenAI's lines `body`, of Anthropic's `params`. */
  readonly body: Readonly<Record<string, unknown>>
}

/** What becomes of one request of a batch: its usage, or that it failed. */
export type Fate =
  | { readonly usage: Readonly<Record<string, unknown>> | undefined }
  | 'failed'
  | 'expired'
  | 'cancelled'

/** Everything that the vendor has, of both of its APIs. */
export class Shelf {
  readonly files = new Map<string, KeptFile>()
  readonly batches = new Map<string, KeptBatch>()
  resultsAsked = 0
  /** The next batch is made, but nobody is told. */
  breaksCreation = false
  #held: Promise<void> | undefined
  #release: () => void = () => undefined
  #made = 0

  /** As vendors make them: never twice. */
  newId(prefix: string): string {
    this.#made += 1
    return `${prefix}${String(this.#made).padStart(6, '0')}${crypto.randomUUID().slice(0, 8)}`
  }

  addFile(account: string, name: string, purpose: string, bytes: Uint8Array<ArrayBuffer>): KeptFile {
    const file = { account, id: this.newId('file-'), name, purpose, bytes }
    this.files.set(file.id, file)
    return file
  }

  /** Somebody asks for results, and waits while they are held back. */
  async askResults(): Promise<void> {
    this.resultsAsked += 1
    await this.#held
  }

  holdResults(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    this.#release = resolve
  }

  releaseResults(): void {
    this.#held = undefined
    this.#release()
  }

  /** The answer to who made a batch. */
  tellMade(body: unknown): Response {
    const isBroken = this.breaksCreation
    this.breaksCreation = false
    return isBroken ? new Response('an edge of the vendor fell over', { status: 500 }) : Response.json(body)
  }
}
