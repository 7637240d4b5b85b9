import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readExposition } from '../harness/exposition.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** What the metrics of a real gateway say, against what its receipts say. */
let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway({
    config: { auth: 'none', providers: { demo: { kind: 'demo', protocol: 'openai-chat' } } },
  })
})
afterAll(() => gateway.stop())

const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, { method: 'POST', body: JSON.stringify(body), headers }).then(async (answer) => {
    await answer.text()
    return answer
  })
const scrape = async (headers: Record<string, string> = {}) => fetch(`${gateway.url}/metrics`, { headers })

/** The sum over all series with these labels. */
const value = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> => {
  const families = readExposition(await (await scrape()).text())
  const samples = [...families.values()].flatMap((family) => family.samples)
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, word]) => sample.labels[label] === word))
    .reduce((sum, sample) => sum + sample.value, 0)
}

const settled = async (count: number): Promise<void> => {
  for (let polls = 0; polls < 200 && (await value('tollgate_requests_total')) < count; polls += 1) await Bun.sleep(20)
}

test('what was settled is what is counted, losses among it', async () => {
  const messages = [{ role: 'user', content: 'hello' }]
  const whole = await ask('/v1/chat/completions', { model: 'demo', messages, seed: 7, max_tokens: 50 })
  expect(whole.status).toBe(200)
  const streamed = await ask('/v1/messages', { model: 'demo', messages, stream: true, max_tokens: 50, top_k: 3 })
  expect(streamed.status).toBe(200)
  const refused = await ask('/v1/chat/completions', { model: 'no-such-model', messages })
  expect(refused.status).toBe(404)
  await settled(2)
  const receipts = await gateway.requests({})
  expect(await value('tollgate_requests_total', { status: '2xx', ended: 'whole' })).toBe(2)
  expect(await value('tollgate_requests_total', { stream: 'true', client_format: 'anthropic-messages' })).toBe(1)
  expect(await value('tollgate_requests_open')).toBe(0)
  expect(await value('tollgate_request_duration_seconds_count')).toBe(2)
  expect(await value('tollgate_upstream_attempts_total', { outcome: 'ok' })).toBe(2)
  expect(await value('tollgate_errors_total', { code: 'model_not_found', status: '404' })).toBe(1)
  const formats = { client_format: 'anthropic-messages', upstream_format: 'openai-chat' }
  const losses = receipts.flatMap(({ warnings }) => warnings)
  expect(losses).toContain('/top_k;unsupported')
  expect(await value('tollgate_translation_losses_total', formats)).toBe(losses.length)
  const output = receipts.reduce((sum, { usage }) => sum + (usage.output ?? 0), 0)
  expect(await value('tollgate_tokens_total', { bucket: 'output' })).toBe(output)
})

test('the admin key opens it to who is elsewhere, and nothing else does', async () => {
  const elsewhere = { 'x-forwarded-for': '203.0.113.9' }
  expect((await scrape(elsewhere)).status).toBe(401)
  expect((await scrape({ host: 'evil.example' })).status).toBe(401)
  expect((await scrape({ ...elsewhere, authorization: `Bearer ${gateway.adminKey}` })).status).toBe(200)
})
