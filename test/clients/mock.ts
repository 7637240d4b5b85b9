import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeProgram, scriptsFolder } from './folders.ts'
import { VENDOR_KEY } from './served.ts'

const READY_TIMEOUT_MS = 10_000
const OUTPUT_CHARACTERS_MAX = 100_000

/** A request the scripted upstream answered. */
export interface MockRequest {
  readonly method: string
  readonly path: string
  readonly resp: { readonly status: number; readonly aborted?: boolean }
}

/** The scripted upstream of the clients folder: every vendor in one process. */
export interface Mock {
  readonly url: string
  /** From now on requests are logged under this name. */
  label(name: string): Promise<void>
  requests(label: string): Promise<readonly MockRequest[]>
  stop(): void
}

/** A port nobody has at this moment; the upstream cannot choose one itself. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })

const clientOf = (url: string, stop: () => void): Mock => ({
  url,
  label: async (label) => {
    await fetch(`${url}/__ctl`, { method: 'POST', body: JSON.stringify({ label, keys: [VENDOR_KEY] }) })
  },
  requests: async (label) => {
    const log = await (await fetch(`${url}/__log?label=${encodeURIComponent(label)}`)).text()
    return log
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as MockRequest)
  },
  stop,
})

/** Starts the scripted upstream and waits until it listens. */
export const startMock = async (): Promise<Mock> => {
  const port = await freePort()
  const logs = mkdtempSync(join(tmpdir(), 'tollgate-clients-'))
  const child = spawn(nodeProgram(), [join(scriptsFolder(), 'mock_llm.mjs')], {
    env: { PATH: process.env.PATH, PORT: String(port), LOGDIR: logs },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
      if (output.includes('mock on')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the scripted upstream ended with code ${code}:\n${output}`)))
    setTimeout(() => reject(new Error(`the scripted upstream did not listen:\n${output}`)), READY_TIMEOUT_MS).unref()
  })
  await ready
  return clientOf(`http://127.0.0.1:${port}`, () => {
    child.kill()
    rmSync(logs, { recursive: true, force: true })
  })
}
