import { describe, expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import type { RunningProcess } from '../providers/claude-cli/process.ts'
import { dropOwnSettings, startProcess } from './process.ts'

const commandOf = (script: string, environment: Record<string, string> = {}) => ({
  program: '/bin/sh',
  args: ['-c', script],
  environment: { PATH: process.env.PATH ?? '', ...environment },
  folder: tmpdir(),
  lineBytesMax: 1_000,
  stopTimeoutMs: 100,
})

const started = async (script: string, environment?: Record<string, string>): Promise<RunningProcess> => {
  const running = await startProcess(commandOf(script, environment))
  if (!running.ok) throw new Error(running.error)
  return running.value
}

const linesOf = async (running: RunningProcess): Promise<readonly string[]> => {
  const lines: string[] = []
  for (let line = await running.readLine(); ; line = await running.readLine()) {
    if (!line.ok) return [...lines, line.error]
    if (line.value === undefined) return lines
    lines.push(line.value)
  }
}

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A process that was killed may wait a moment for whoever waits for it. */
const gone = async (pid: number): Promise<boolean> => {
  for (let turn = 0; turn < 500 && isThere(pid); turn += 1) await Bun.sleep(10)
  return !isThere(pid)
}

describe('a process', () => {
  test('is read line by line, the last one without an end', async () => {
    expect(await linesOf(await started('printf "one\\ntwo\\n\\nthree"'))).toEqual(['one', 'two', '', 'three'])
  })

  test('is given nothing of the environment but what is named', async () => {
    const running = await started('env | cut -d= -f1 | sort | tr "\\n" " "', { NAMED: 'x' })
    const [names = ''] = await linesOf(running)
    expect(names.split(' ').filter((name) => !['PWD', 'SHLVL', '_', '', 'OLDPWD'].includes(name))).toEqual([
      'NAMED',
      'PATH',
    ])
  })

  test('fails on a line that is too long, however it comes', async () => {
    expect(await linesOf(await started('echo ok; head -c 5000 /dev/zero | tr "\\0" x'))).toEqual([
      'ok',
      'line-too-long',
    ])
  })

  test('answers what it is given, and tells how it ended', async () => {
    const running = await started('read line; echo "heard $line"; echo oops >&2; exit 4')
    await running.write('this\n')
    running.endInput()
    expect(await linesOf(running)).toEqual(['heard this'])
    expect(await running.exited).toEqual({ code: 4, stderr: 'oops' })
  })

  test('may be written to after it has ended', async () => {
    const running = await started('exit 0')
    await running.exited
    await running.write('x'.repeat(1_000_000))
    running.endInput()
    expect(await linesOf(running)).toEqual([])
  })

  test('is stopped with all of its group, also one that will not be asked', async () => {
    const running = await started('trap "" TERM; (trap "" TERM; sleep 600) & echo $$ $!; sleep 600')
    const line = await running.readLine()
    const pids = line.ok ? (line.value ?? '').split(' ').map(Number) : []
    expect(pids).toHaveLength(2)
    await Promise.all([running.stop(), running.stop()])
    expect(await Promise.all(pids.map(gone))).toEqual([true, true])
    expect(await running.readLine()).toEqual({ ok: true, value: undefined })
  })

  test('leaves nothing behind when it ends by itself', async () => {
    const running = await started('sleep 600 & echo $!')
    const [pid = ''] = await linesOf(running)
    await running.finish()
    expect(await gone(Number(pid))).toBe(true)
  })

  test.each(['/nonexistent/claude', '/etc/hostname', 'no-such-command-anywhere'])(
    'that cannot be started is missing: %s',
    async (program) => {
      expect(await startProcess({ ...commandOf(''), program })).toEqual({ ok: false, error: 'missing' })
    },
  )
})

test('what the launcher sets for this process alone is not passed on', () => {
  const environment = { BUN_JSC_useWarmUpMarkedBlocks: '0', BUN_CONFIG_MAX_HTTP_REQUESTS: '9', PATH: '/bin' }
  dropOwnSettings(environment)
  expect(environment).toEqual({ BUN_CONFIG_MAX_HTTP_REQUESTS: '9', PATH: '/bin' } as typeof environment)
})
