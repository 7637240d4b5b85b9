/** What a vendor does with a request of one key. */
export type Behaviour = (path: string) => Response

/** A vendor that speaks OpenAI's Chat, told key by key what to do. */
export interface Vendor {
  /** What a provider takes as `base_url`. */
  readonly url: string
  /** Every request since it was last forgotten, as `<key> <path>`. */
  readonly asked: string[]
  behave(key: string, behaviour: Behaviour | undefined): void
  stop(): Promise<void>
}

/** Ten tokens read and none written: at the price below, a dollar. */
const ANSWER = {
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello world' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

export const well: Behaviour = (path) => Response.json(path.endsWith('/models') ? { data: [] } : ANSWER)
export const fails =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  () =>
    Response.json({ error: { message: 'said by the vendor', type: 'x' } }, { status, headers })

/** Two models, of which each request costs the operator a dollar. */
const DEAR = {
  provider: 'acme',
  type: 'chat',
  context_window: 200_000,
  max_output_tokens: 100,
  price: { input: '100000', output: '0' },
}
export const CATALOGUE = { models: { dear: DEAR, other: DEAR } }

/** Starts it on a free port of 127.0.0.1. Keys it was told nothing of are well. */
export const startVendor = async (): Promise<Vendor> => {
  const behaviours = new Map<string, Behaviour>()
  const asked: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url)
      const key = request.headers.get('authorization')?.replace('Bearer ', '') ?? ''
      asked.push(`${key} ${pathname}`)
      await request.arrayBuffer()
      return (behaviours.get(key) ?? well)(pathname)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    asked,
    behave: (key, behaviour) => {
      if (behaviour) behaviours.set(key, behaviour)
      else behaviours.delete(key)
    },
    stop: () => server.stop(true),
  }
}
