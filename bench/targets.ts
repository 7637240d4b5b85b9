import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A server under measurement. */
export interface Target {
  readonly name: string
  readonly url: string
  readonly port: number
  readonly key: string
  /** CPU time its process (all threads, and children for nginx's worker) has used, in microseconds. */
  readonly cpuMicros: () => number
  readonly peakMegabytes: () => number
  readonly stop: () => void
}

export interface Load {
  readonly bytes: number
  readonly stream: 'no' | 'at-once' | 'paced'
  readonly requests: number
  readonly concurrency: number
  readonly rate: number
}

export interface Measured {
  readonly cpuMicros: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

const BUN = process.execPath
const ROOT = join(import.meta.dir, '..')
/** The gateway and nginx have the first core, the upstream and the load the second: neither takes from the measured. */
const onCore = (core: number, command: string, args: readonly string[]): ChildProcess =>
  spawn('taskset', ['-c', String(core), command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

const line = (child: ChildProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString()
      const found = pattern.exec(text)
      if (found?.[1]) resolve(found[1])
    })
    child.on('exit', (code) => reject(new Error(`exited with ${code}: ${text}`)))
  })

export const measure = async (target: Target, load: Load): Promise<Measured> => {
  const before = target.cpuMicros()
  const args = [target.url, target.key, load.bytes, load.stream, load.requests, load.concurrency, load.rate].map(String)
  const child = onCore(1, BUN, [join(import.meta.dir, 'load.ts'), ...args])
  const result = JSON.parse(await line(child, /(\{.*\})\n/)) as Measured & { failed: number }
  if (result.failed > 0) throw new Error(`${result.failed} of ${load.requests} requests to ${target.name} failed`)
  return { ...result, cpuMicros: (target.cpuMicros() - before) / load.requests }
}

/** utime + stime of a process, from /proc (clock ticks of 10 ms). */
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

const peakOf = (pid: number): number =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024)

const childrenOf = (pid: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        return (
          readFileSync(`/proc/${id}/stat`, 'utf8')
            .replace(/^.*\) /, '')
            .split(' ')[1] === String(pid)
        )
      } catch {
        return false
      }
    })

export const startUpstream = async (): Promise<Target> => {
  const child = onCore(1, BUN, [join(import.meta.dir, 'upstream.ts')])
  const port = Number(await line(child, /upstream (\d+)/))
  return target(
    'upstream',
    port,
    '',
    () => child.pid ?? 0,
    () => child.kill(),
  )
}

const target = (name: string, port: number, key: string, pid: () => number, stop: () => void): Target => ({
  name,
  url: `http://127.0.0.1:${port}`,
  port,
  key,
  cpuMicros: () => cpuOf(pid()),
  peakMegabytes: () => peakOf(pid()),
  stop,
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

export const startNginx = async (folder: string, upstreamPort: number): Promise<Target> => {
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder};
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  client_max_body_size 64m; client_body_buffer_size 1m; keepalive_requests 1000000;
  upstream provider { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000; }
  server { listen 127.0.0.1:${port};
    location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } } }
`,
  )
  const child = onCore(0, 'nginx', ['-c', file, '-e', join(folder, 'nginx.log')])
  await answering(port)
  const worker = childrenOf(child.pid ?? 0)[0] ?? 0
  return target(
    'nginx',
    port,
    'none',
    () => worker,
    () => child.kill('SIGTERM'),
  )
}

const answering = async (port: number): Promise<void> => {
  for (let wait = 0; wait < 100; wait += 1) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing answers on port ${port}`)
}

export const startGateway = async (folder: string, upstreamPort: number): Promise<Target> => {
  const config = join(folder, 'tollgate.json')
  const catalogue = join(folder, 'model_catalog.json')
  const adminKey = 'bench-admin-key-of-no-value-0123456789'
  writeFileSync(
    catalogue,
    JSON.stringify({
      models: {
        bench: {
          provider: 'openai',
          type: 'chat',
          context_window: 200_000,
          max_output_tokens: 4_000,
          price: { input: '3', output: '15' },
        },
      },
    }),
  )
  writeFileSync(
    config,
    JSON.stringify({
      listen: { host: '127.0.0.1', port: 0 },
      database: `sqlite:${folder}/bench.db`,
      admin_key: adminKey,
      providers: {
        upstream: { kind: 'openai-compatible', base_url: `http://127.0.0.1:${upstreamPort}/v1`, keys: ['upstream'] },
      },
      catalogue,
      log: { level: 'warn' },
    }),
  )
  // What the launcher has set for the benchmark is set for the gateway too.
  const child = onCore(0, BUN, ['--no-install', join(ROOT, 'src/cli/main.ts'), 'serve', '--config', config])
  const port = Number(await line(child, /listening on http:\/\/127\.0\.0\.1:(\d+)/))
  const key = await openAccount(`http://127.0.0.1:${port}/api/admin`, adminKey)
  // taskset replaces itself by the program: its id is the gateway's.
  return target(
    'gateway',
    port,
    key,
    () => child.pid ?? 0,
    () => child.kill('SIGTERM'),
  )
}

/** A customer with money, and a key whose limits count but do not refuse. */
const openAccount = async (api: string, adminKey: string): Promise<string> => {
  const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
    const response = await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Record<string, string>
  }
  const user = await post('/users', { email: 'bench@example.com' })
  await post(`/users/${user.id}/credits`, { amount_usd: '1000000', reason: 'benchmark', idempotency_key: 'bench' })
  const key = await post('/keys', { user_id: user.id, name: 'bench', rpm: 100_000_000, tpm: 2_147_483_647 })
  return key.key ?? ''
}

/** Whether nginx and taskset are there; the message says what to install. */
export const missingTools = (): readonly string[] =>
  ['nginx', 'taskset'].filter((tool) => {
    try {
      execFileSync('which', [tool], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
