// The load: a child process, so that its own work is not counted. Arguments: url, key, bytes, stream, requests,
// concurrency, rate (requests a second, 0 = as fast as it goes). Prints latencies in microseconds as JSON.
import { chatRequest } from './bodies.ts'

const [url = '', key = '', bytes = '2000', stream = 'no', requests = '100', concurrency = '16', rate = '0'] =
  process.argv.slice(2)
const body = chatRequest(Number(bytes), stream as 'no' | 'at-once' | 'paced')
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
const latencies: number[] = []
const firstBytes: number[] = []
let failed = 0
let left = Number(requests)
let sent = 0
const startedAt = performance.now()

const one = async (): Promise<void> => {
  const at = performance.now()
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
  const reader = response.body?.getReader()
  let seen = false
  for (;;) {
    const chunk = await reader?.read()
    if (!seen) firstBytes.push((performance.now() - at) * 1_000)
    seen = true
    if (!chunk || chunk.done) break
  }
  latencies.push((performance.now() - at) * 1_000)
  if (response.status !== 200) failed += 1
}

const worker = async (): Promise<void> => {
  while (left > 0) {
    left -= 1
    const dueAt = startedAt + (Number(rate) > 0 ? (sent++ / Number(rate)) * 1_000 : 0)
    const wait = dueAt - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    await one()
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, worker))
const percentile = (values: number[], share: number) =>
  Math.round(values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0)
const seconds = (performance.now() - startedAt) / 1_000
console.log(
  JSON.stringify({
    failed,
    perSecond: Math.round(latencies.length / seconds),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    firstByteP50: percentile(firstBytes, 0.5),
    firstByteP99: percentile(firstBytes, 0.99),
  }),
)
