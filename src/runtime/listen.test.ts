import { afterEach, describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { listen } from './listen.ts'
import type { Listener, ListenOptions } from './types.ts'

const open: Listener[] = []
afterEach(() => {
  for (const listener of open.splice(0)) listener.kill()
})

const start = (more: Partial<ListenOptions> = {}): Listener => {
  const listener = listen({ host: '127.0.0.1', port: 0, fetch: () => new Response('first'), ...more })
  open.push(listener)
  return listener
}

const urlOf = ({ port }: Listener): string => `http://127.0.0.1:${port}/`

describe('listening', () => {
  test('on port 0 takes a free port and says which', async () => {
    const [one, other] = [start(), start()]
    expect(one.port).toBeGreaterThan(0)
    expect(one.port).not.toBe(other.port)
    expect(await (await fetch(urlOf(one))).text()).toBe('first')
  })

  test('on a port that is taken throws, and the one who has it goes on', async () => {
    const first = start()
    expect(() => start({ port: first.port, fetch: () => new Response('second') })).toThrow(/in use|EADDRINUSE/i)
    for (let turn = 0; turn < 10; turn += 1) expect(await (await fetch(urlOf(first))).text()).toBe('first')
  })

  test('on a port another process listens on throws: it is never shared in silence', async () => {
    const first = start()
    const script = `import { listen } from ${JSON.stringify(`${import.meta.dir}/listen.ts`)}
      try { listen({ host: '127.0.0.1', port: ${first.port}, fetch: () => new Response('other') }); console.log('shared') }
      catch (error) { console.log('refused') }
      process.exit(0)`
    const { stdout } = Bun.spawnSync([process.execPath, '-e', script])
    expect(stdout.toString().trim()).toBe('refused')
  })

  test('on a port some other program has throws', async () => {
    const program = createServer()
    const port = await new Promise<number>((resolve) =>
      program.listen(0, '127.0.0.1', () => {
        const address = program.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      }),
    )
    expect(() => start({ port })).toThrow()
    program.close()
  })

  test('tells the address of the peer', async () => {
    const listener = start({ fetch: (_request, ip) => new Response(ip()) })
    expect(await (await fetch(urlOf(listener))).text()).toBe('127.0.0.1')
  })

  test('answers what breaks without showing anything of it', async () => {
    const listener = start({
      fetch: () => {
        throw new Error('a secret of the inside')
      },
    })
    const answer = await fetch(urlOf(listener))
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'internal_error' } })
    expect(text).not.toContain('secret')
  })
})

describe('stopping', () => {
  test('lets what is in flight finish, and takes nothing new', async () => {
    const release = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const listener = start({
      fetch: async () => {
        arrived.resolve()
        await release.promise
        return new Response('finished')
      },
    })
    const inFlight = fetch(urlOf(listener))
    await arrived.promise
    const stopped = listener.stop()
    await expect(fetch(urlOf(listener))).rejects.toThrow()
    release.resolve()
    expect(await (await inFlight).text()).toBe('finished')
    await stopped
  })

  test('at once cuts what is in flight', async () => {
    const arrived = Promise.withResolvers<void>()
    const listener = start({
      fetch: () => {
        arrived.resolve()
        return new Promise<Response>(() => undefined)
      },
    })
    const inFlight = fetch(urlOf(listener)).then(
      () => 'answered',
      () => 'cut',
    )
    await arrived.promise
    listener.kill()
    expect(await inFlight).toBe('cut')
  })
})
