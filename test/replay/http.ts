import type { Socket } from 'node:net'

const HEAD_BYTES_MAX = 65_536
const BODY_BYTES_MAX = 128 * 1_048_576

/** One HTTP/1.1 request as it lay on the wire. */
export interface WireRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly target: string
  /** In wire order, names as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

export const headerOf = (request: Pick<WireRequest, 'headers'>, name: string): string | undefined =>
  request.headers.find(([key]) => key.toLowerCase() === name)?.[1]

const parseHead = (head: string): Omit<WireRequest, 'body'> => {
  const [line = '', ...rest] = head.split('\r\n')
  const [method = '', target = ''] = line.split(' ')
  const headers = rest.map((text): readonly [string, string] => {
    const colon = text.indexOf(':')
    return [text.slice(0, colon), text.slice(colon + 1).trim()]
  })
  return { method, target, headers }
}

/** Takes bytes off a socket in the amounts HTTP needs. Answers `undefined` once the peer has gone. */
class Intake {
  private held: Buffer = Buffer.alloc(0)
  private readonly arriving: Buffer[] = []
  private arrivedBytes = 0
  private ended = false
  private wake: (() => void) | undefined

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.arriving.push(chunk)
      this.arrivedBytes += chunk.length
      this.wake?.()
    })
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.ended = true
        this.wake?.()
      })
    }
  }

  private async more(): Promise<boolean> {
    while (this.arriving.length === 0) {
      if (this.ended) return false
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    this.held = Buffer.concat([this.held, ...this.arriving.splice(0)])
    this.arrivedBytes = 0
    return true
  }

  async take(bytes: number): Promise<Buffer | undefined> {
    while (this.held.length < bytes) {
      // Large bodies are joined once, when all of them is there.
      while (this.held.length + this.arrivedBytes < bytes && !this.ended) {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
      }
      if (!(await this.more())) return undefined
    }
    const taken = this.held.subarray(0, bytes)
    this.held = this.held.subarray(bytes)
    return taken
  }

  async takeUntil(mark: string, bytesMax: number): Promise<string | undefined> {
    for (;;) {
      const at = this.held.indexOf(mark)
      if (at >= 0) {
        const text = this.held.subarray(0, at).toString('latin1')
        this.held = this.held.subarray(at + mark.length)
        return text
      }
      if (this.held.length > bytesMax || !(await this.more())) return undefined
    }
  }
}

const readChunked = async (intake: Intake): Promise<Uint8Array | undefined> => {
  const parts: Buffer[] = []
  for (;;) {
    const size = Number.parseInt((await intake.takeUntil('\r\n', 100)) ?? '', 16)
    if (!Number.isSafeInteger(size) || size > BODY_BYTES_MAX) return undefined
    const part = await intake.take(size + 2)
    if (!part) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(part.subarray(0, size))
  }
}

/** Reads the requests of one kept-alive connection, one after the other, until the peer closes or breaks HTTP. */
export async function* readRequests(socket: Socket): AsyncGenerator<WireRequest> {
  const intake = new Intake(socket)
  for (;;) {
    const head = await intake.takeUntil('\r\n\r\n', HEAD_BYTES_MAX)
    if (head === undefined) return
    const parsed = parseHead(head)
    const length = Number(headerOf(parsed, 'content-length') ?? 0)
    if (!Number.isSafeInteger(length) || length > BODY_BYTES_MAX) return
    const chunked = headerOf(parsed, 'transfer-encoding') === 'chunked'
    const body = chunked ? await readChunked(intake) : await intake.take(length)
    if (!body) return
    yield { ...parsed, body }
  }
}

/** The status line and headers of an answer. */
export const renderHead = (status: number, headers: readonly (readonly [string, string])[]): string =>
  `HTTP/1.1 ${status} Replayed\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
