import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway } from '../harness/gateway.ts'
import { onlyOnSqlite } from '../harness/storage.ts'

const ROOT = join(import.meta.dir, '..', '..')
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-start-'))
  folders.push(folder)
  return folder
}

interface Ended {
  readonly code: number
  readonly said: string
}

/** Runs the command until it ends by itself; one that goes on is a failure of the test's own time-out. */
const run = async (folder: string, port: number): Promise<Ended> => {
  const config = join(folder, 'tollgate.yaml')
  writeFileSync(
    config,
    JSON.stringify({ listen: { host: '127.0.0.1', port }, database: `sqlite:${join(folder, 'tollgate.db')}` }),
  )
  const child = Bun.spawn(['node', join(ROOT, 'bin', 'tollgate.mjs'), 'serve', '--config', config], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const late = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS)
  const [out, problem, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  clearTimeout(late)
  return { code, said: out + problem }
}

/** Generous for a slow machine, and far less than for ever. */
const ENDS_WITHIN_MS = 15_000

describe('a start', () => {
  test(
    'on the port of another gateway is refused with a message, and the other goes on',
    async () => {
      const first = await startGateway()
      const { code, said } = await run(newFolder(), Number(new URL(first.url).port))
      expect([code, said]).toEqual([1, expect.stringMatching(/port|in use|listen/i)])
      expect(said).not.toContain('listening on')
      for (let turn = 0; turn < 5; turn += 1) expect((await fetch(`${first.url}/health`)).status).toBe(200)
      expect(await first.stop()).toBe(0)
    },
    ENDS_WITHIN_MS * 2,
  )

  test(
    'on a port that some other program has is refused with a message',
    async () => {
      const program = createServer()
      const port = await new Promise<number>((resolve) =>
        program.listen(0, '127.0.0.1', () => {
          const address = program.address()
          resolve(typeof address === 'object' && address ? address.port : 0)
        }),
      )
      const { code, said } = await run(newFolder(), port)
      expect([code, said]).toEqual([1, expect.stringMatching(/port|in use|listen/i)])
      expect(said).not.toContain('listening on')
      program.close()
    },
    ENDS_WITHIN_MS * 2,
  )

  onlyOnSqlite('a database file that is none', () => {
    const broken: readonly (readonly [string, string | Uint8Array])[] = [
      ['is text', 'this is no database '.repeat(500)],
      ['is noise', Buffer.alloc(20_000, 0xa5)],
      [
        'begins like one and goes on with noise',
        Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(9_000, 7)]),
      ],
    ]
    test.each(broken)(
      'on a database file that %s ends with its path in the message',
      async (_what, content) => {
        const folder = newFolder()
        const path = join(folder, 'tollgate.db')
        writeFileSync(path, content)
        const { code, said } = await run(folder, 0)
        expect([code, said]).toEqual([1, expect.stringContaining(path)])
        expect(said).not.toContain('listening on')
        // A stack trace is for whoever wrote the gateway, not for whoever runs it.
        expect(said).not.toMatch(/^\s+at .*\.ts:\d+/m)
      },
      ENDS_WITHIN_MS * 2,
    )
  })
})
