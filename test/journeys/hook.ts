import { createHmac } from 'node:crypto'

/** A message as it came, and who says that it is from the gateway. */
export interface Posted {
  readonly body: string
  readonly signature: string
  readonly json: { readonly type: string; readonly subject: string; readonly summary: string }
}

/** Where alerts are told to: a real server on loopback that keeps what it is posted. */
export interface Hook {
  readonly url: string
  readonly got: readonly Posted[]
  /** Waits for a message of a type. */
  next(type: string): Promise<Posted>
  stop(): Promise<void>
}

const PATIENCE_MS = 20_000

export const openHook = (): Hook => {
  const got: Posted[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const body = await request.text()
      const signature = request.headers.get('x-tollgate-signature') ?? ''
      got.push({ body, signature, json: JSON.parse(body) as Posted['json'] })
      return new Response(null, { status: 204 })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/services/1`,
    got,
    next: async (type) => {
      const deadlineMs = Date.now() + PATIENCE_MS
      while (Date.now() < deadlineMs) {
        const posted = got.find(({ json }) => json.type === type)
        if (posted) return posted
        await Bun.sleep(20)
      }
      throw new Error(`no ${type} was posted; there are: ${got.map(({ json }) => json.type).join(', ')}`)
    },
    stop: () => server.stop(true),
  }
}

/** Whether a message was signed with this secret, as the documentation says how to tell. */
export const isSignedWith = (secret: string, { body, signature }: Posted): boolean => {
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex') === hex
}
