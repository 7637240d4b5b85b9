import { createConsole } from '../../src/http/console.ts'
import type { Call } from '../../src/gateway/call.ts'

export interface Served {
  readonly url: string
  stop(): Promise<void>
}

/** Serves a build as the gateway serves that of the console, and nothing else. */
export const serveFolder = (folder: string): Served => {
  const { pages } = createConsole({
    folder,
    report: (problem) => {
      throw new Error(problem)
    },
  })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      // Serving looks at nothing of a call but these two.
      const call = { id: 'req_test', request } as Call
      return (await pages(call, new URL(request.url).pathname)) ?? new Response(null, { status: 404 })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}
