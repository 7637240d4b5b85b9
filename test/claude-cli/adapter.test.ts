import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import type { CliSettings } from '../../src/providers/claude-cli/command.ts'
import { type ClaudeCli, createClaudeCli } from '../../src/providers/claude-cli/send.ts'
import { createFolders } from '../../src/runtime/process-folders.ts'
import { startProcess } from '../../src/runtime/process.ts'
import { isRunning, until } from '../harness/server-process.ts'
import { installStandIn } from './installed.ts'
import { ANSWER_LINES } from './plays.ts'

const standIn = installStandIn()
const open: ClaudeCli[] = []
const noted: string[] = []
afterEach(async () => {
  noted.length = 0
  await Promise.all(open.splice(0).map((cli) => cli.close()))
})
afterAll(() => standIn.remove())

const SETTINGS: CliSettings = {
  command: standIn.command,
  processesMax: 4,
  queueMax: 4,
  tools: [],
  environment: ['STAND_IN_LOG', 'STAND_IN_LOGGED_IN'],
  lineBytes: 100_000,
  stopTimeoutMs: 200,
  checkIntervalMs: 60_000,
}

const start = (
  settings: Partial<CliSettings> = {},
  more: { nowMs?: () => number; loggedIn?: string } = {},
): ClaudeCli => {
  const cli = createClaudeCli({
    settings: { ...SETTINGS, ...settings },
    start: startProcess,
    folders: createFolders('tollgate-test-claude'),
    environment: {
      ...{ PATH: process.env.PATH, STAND_IN_LOG: standIn.logFile, OPENAI_API_KEY: 'never-to-be-seen' },
      STAND_IN_LOGGED_IN: more.loggedIn,
    },
    note: (message) => noted.push(message),
    nowMs: more.nowMs ?? Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
  })
  open.push(cli)
  return cli
}

interface Asking {
  readonly stream?: boolean
  readonly signal?: AbortSignal
  readonly body?: object
}

const request = (prompt: string, { stream = false, signal, body = {} }: Asking = {}): Request =>
  new Request('http://claude-cli.invalid/it/v1/messages', {
    method: 'POST',
    body: JSON.stringify({
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      stream,
      messages: [{ role: 'user', content: prompt }],
      ...body,
    }),
    ...(signal && { signal }),
  })

interface Message {
  readonly content: readonly { readonly type: string; readonly text?: string; readonly thinking?: string }[]
  readonly stop_reason: string | null
  readonly usage: Readonly<Record<string, number>>
}

const messageOf = async (response: Response): Promise<Message> => {
  if (response.status !== 200) throw new Error(`${response.status}: ${noted.join('\n')}`)
  return (await response.json()) as Message
}

type Event = { readonly type: string } & Readonly<Record<string, unknown>>

const eventsOf = async (response: Response): Promise<readonly Event[]> => {
  const text = await response.text()
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => {
      const [name = '', data = ''] = frame.split('\n')
      const event = JSON.parse(data.replace('data: ', '')) as Event
      expect(name).toBe(`event: ${event.type}`)
      return event
    })
}

/** The process of the last request, and the child it may have. */
const lastPids = (): readonly number[] => {
  const pid = standIn.notes().at(-1)?.pid
  return standIn
    .notes()
    .filter((note) => note.pid === pid)
    .flatMap((note) => [note.pid, ...(note.child === undefined ? [] : [note.child])])
}

describe('the command as a server of Messages', () => {
  test('answers in one piece, with what it used in every bucket', async () => {
    const message = await messageOf(await start().fetch(request('Which way?')))
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' } as never)
    expect(message.content).toEqual([{ type: 'text', text: 'Heard 1 turns; instructions: none; last: Which way?' }])
    expect(message.usage).toMatchObject({
      ...{ input_tokens: 31, output_tokens: 9, cache_read_input_tokens: 20, cache_creation_input_tokens: 12 },
      cache_creation: { ephemeral_5m_input_tokens: 8, ephemeral_1h_input_tokens: 4 },
    } as never)
  })

  test('streams as the command streams, from start to stop', async () => {
    const events = await eventsOf(await start().fetch(request('Which way?', { stream: true })))
    expect(events.map(({ type }) => type)).toEqual([
      ...['message_start', 'ping', 'content_block_start'],
      ...['content_block_delta', 'content_block_delta', 'content_block_delta', 'content_block_delta'],
      ...['content_block_stop', 'message_delta', 'message_stop'],
    ])
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } })
  })

  test('shows thinking with its signature', async () => {
    const message = await messageOf(await start().fetch(request('play: thinking')))
    expect(message.content).toEqual([
      { type: 'thinking', thinking: 'Ports are by the sea.', signature: 'c3RhbmQtaW4=' } as never,
      { type: 'text', text: 'By the sea.' },
    ])
  })

  test('is told several turns one by one, the instructions in a file, and runs where nothing is', async () => {
    const body = {
      system: 'Speak plainly.',
      messages: [
        { role: 'user', content: 'One.' },
        { role: 'assistant', content: 'Two.' },
        { role: 'user', content: 'Three.' },
        { role: 'assistant', content: 'Four.' },
        { role: 'user', content: 'Five.' },
      ],
    }
    const message = await messageOf(await start().fetch(request('', { body })))
    expect(message.content[0]?.text).toBe('Heard 5 turns; instructions: Speak plainly.; last: Five.')
    const [begun, heard] = standIn.notes().slice(-2)
    expect(begun?.files).toEqual([])
    expect(begun?.args?.join(' ')).not.toContain('Speak plainly')
    expect(Object.values(begun?.environment ?? {})).not.toContain('never-to-be-seen')
    expect(heard?.turns?.map(({ type, shouldQuery }) => [type, shouldQuery])).toEqual([
      ['user', false],
      ['assistant', undefined],
      ['user', false],
      ['assistant', undefined],
      ['user', undefined],
    ])
    await until('its folder is gone', () => !existsSync(begun?.cwd ?? ''))
  })

  test('has no tools unless they are allowed; then only what it says is shown, and all that it used counts', async () => {
    await start().fetch(request('x'))
    expect(standIn.notes().at(-2)?.args?.join(' ')).toContain('--tools  --setting-sources')
    const message = await messageOf(await start({ tools: ['WebSearch'] }).fetch(request('play: tools')))
    expect(standIn.notes().at(-2)?.args?.join(' ')).toContain('--tools WebSearch --allowedTools WebSearch')
    expect(message.content.map(({ text }) => text)).toEqual(['Let me look. ', 'Found it.'])
    expect(message.usage).toMatchObject({ input_tokens: 70, output_tokens: 25 })
  })

  test.each(['max_tokens', 'refusal'])('stops at %s, where the command itself would go on', async (reason) => {
    const prompt = `play: ${reason === 'max_tokens' ? 'max' : reason}`
    const message = await messageOf(await start().fetch(request(prompt)))
    expect([message.stop_reason, message.content[0]?.text]).toEqual([reason, 'As far as it goes'])
    expect(message.usage.output_tokens).toBe(9)
    await until('it is gone', () => lastPids().every((pid) => !isRunning(pid)))
  })

  test('counts no tokens: that is left to the gateway', async () => {
    const asked = new Request('http://claude-cli.invalid/it/v1/messages/count_tokens', { method: 'POST', body: '{}' })
    expect((await start().fetch(asked)).status).toBe(404)
  })

  test('refuses tools of the client', async () => {
    const refused = await start().fetch(request('x', { body: { tools: [{ name: 'f', input_schema: {} }] } }))
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }])
  })
})

const RESET_SECONDS = 1_895_270_400
const NOW_MS = (RESET_SECONDS - 90) * 1_000

describe('a failure of the command', () => {
  test.each([
    ['login', 503, 'overloaded_error', 'claude auth login'],
    [`limit ${RESET_SECONDS}`, 429, 'rate_limit_error', '2030-01-22'],
    [`old-limit ${RESET_SECONDS}`, 429, 'rate_limit_error', '2030-01-22'],
    ['billing', 402, 'api_error', 'credit'],
    ['model', 404, 'not_found_error', 'model'],
    ['request', 400, 'invalid_request_error', 'Prompt is too long'],
    ['overloaded', 529, 'overloaded_error', 'overloaded'],
    ['itself', 500, 'api_error', 'broke off'],
    ['crash', 500, 'api_error', 'broke off'],
    ['crash-first', 500, 'api_error', 'broke off'],
    ['garbage', 500, 'api_error', 'cannot be read'],
    ['garbage-first', 500, 'api_error', 'cannot be read'],
    ['long 200000', 500, 'api_error', 'cannot be read'],
    ['abandoned', 500, 'api_error', 'broke off'],
  ])('%s is answered with %p, and leaves nothing running', async (play, status, type, words) => {
    const cli = start({}, { nowMs: () => NOW_MS })
    const response = await cli.fetch(request(`play: ${play}`))
    const body = (await response.json()) as { readonly error: { readonly message: string } }
    expect([response.status, body]).toMatchObject([status, { type: 'error', error: { type } }])
    expect(body.error.message).toContain(words)
    expect(body.error.message).not.toContain('8123')
    expect(response.headers.get('retry-after')).toBe(status === 429 ? '90' : null)
    expect(cli.load).toEqual({ running: 0, waiting: 0 })
    await until('it is gone', () => lastPids().every((pid) => !isRunning(pid)))
  })

  test('that comes amid a stream is an event of it, and what was said on standard error stays in the log', async () => {
    for (const play of ['crash', 'garbage', 'abandoned']) {
      const events = await eventsOf(await start().fetch(request(`play: ${play}`, { stream: true })))
      expect(events.map(({ type }) => type)).not.toContain('message_stop')
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } })
      expect(JSON.stringify(events)).not.toContain('panic')
    }
    expect(noted.join('\n')).toContain('panic')
  })

  test('before a stream began has a status of its own', async () => {
    const response = await start().fetch(request(`play: limit ${RESET_SECONDS}`, { stream: true }))
    expect([response.status, response.headers.get('content-type')]).toEqual([429, 'application/json'])
  })

  test('of a version that answers turns it was told not to answer says to update it', async () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]
    const response = await start().fetch(request('', { body: { model: 'claude-old', messages } }))
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('claude update')])
  })

  test('is told as one wherever its output is cut', async () => {
    const cli = start()
    const whole = await eventsOf(await cli.fetch(request(`play: cut ${ANSWER_LINES}`, { stream: true })))
    expect(whole.at(-1)?.type).toBe('message_stop')
    for (let lines = 0; lines < ANSWER_LINES; lines += 1) {
      const streamed = await cli.fetch(request(`play: cut ${lines}`, { stream: true }))
      const unary = await cli.fetch(request(`play: cut ${lines}`))
      // The message is complete; only the word on what it used is missing, and the message had one of its own.
      const isWhole = lines === ANSWER_LINES - 1
      expect([lines, unary.status]).toEqual([lines, isWhole ? 200 : 500])
      const events = streamed.status === 200 ? await eventsOf(streamed) : []
      const shown = events.slice(0, -1)
      expect(shown).toEqual(isWhole ? shown : whole.slice(0, shown.length))
      expect([lines, events.at(-1)?.type]).toEqual([
        lines,
        isWhole ? 'message_stop' : streamed.status === 200 ? 'error' : undefined,
      ])
    }
  })
})

describe('processes', () => {
  test.each(['hang', 'hang-half'])('are killed with all their children when the client leaves: %s', async (play) => {
    const cli = start()
    const controller = new AbortController()
    const answer = cli
      .fetch(request(`play: ${play}`, { stream: true, signal: controller.signal }))
      .then((response) => response.text())
      .catch(() => 'aborted')
    await until('it hangs', () => standIn.notes().at(-1)?.child !== undefined)
    const pids = lastPids()
    expect(pids.length).toBeGreaterThan(1)
    controller.abort()
    await answer
    await until('they are gone', () => pids.every((pid) => !isRunning(pid)))
    await until('the place is free', () => cli.load.running === 0)
    expect(noted).toEqual([])
  })

  test('are killed when the reader of a stream leaves', async () => {
    const cli = start()
    const response = await cli.fetch(request('play: hang-half', { stream: true }))
    await until('it hangs', () => standIn.notes().at(-1)?.child !== undefined)
    const pids = lastPids()
    await response.body?.cancel()
    await until('they are gone', () => pids.every((pid) => !isRunning(pid)))
  })

  test('are as many as may run; others wait, and one more is refused', async () => {
    const cli = start({ processesMax: 1, queueMax: 1 })
    const controller = new AbortController()
    const first = cli.fetch(request('play: hang', { signal: controller.signal })).catch(() => 'aborted')
    await until('it hangs', () => standIn.notes().at(-1)?.child !== undefined)
    const second = cli.fetch(request('second'))
    await until('it waits', () => cli.load.waiting === 1)
    const third = await cli.fetch(request('third'))
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1'])
    controller.abort()
    expect(await first).toBe('aborted')
    expect((await second).status).toBe(200)
  })

  test('are all gone after closing', async () => {
    const cli = start()
    const answer = cli.fetch(request('play: hang')).catch(() => undefined)
    await until('it hangs', () => standIn.notes().at(-1)?.child !== undefined)
    const pids = lastPids()
    await cli.close()
    await answer
    await until('they are gone', () => !pids.some(isRunning))
  })
})

describe('whether it can answer', () => {
  test('is asked of the command itself, and a missing one says what to do', async () => {
    expect(await start().fault()).toBeUndefined()
    const missing = start({ command: '/nonexistent/claude' })
    expect(await missing.fault()).toContain('install Claude Code')
    const refused = await missing.fetch(request('x'))
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('install Claude Code')])
  })

  test.each([
    ['no', 'claude auth login'],
    ['yes', undefined],
  ])('is looked at again after it was found logged out: %s', async (loggedIn, expected) => {
    let nowMs = 0
    const cli = start({}, { nowMs: () => nowMs, loggedIn })
    await cli.fetch(request('play: login'))
    expect(await cli.fault()).toContain('claude auth login')
    nowMs += SETTINGS.checkIntervalMs
    const fault = await cli.fault()
    expect(expected === undefined ? fault : fault?.includes(expected)).toBe(expected === undefined ? undefined : true)
  })
})
