import { expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'node:net'
import { chatAnswer, DIALECTS, replyJson, type Script, START_MS, startStage } from './scripted.ts'

setDefaultTimeout(START_MS)

/** Longer than an end without open requests waits for connections. */
const ANSWER_MS = 5_000

test('a request whose body is still on its way when the end is told is answered, and charged, before the end', async () => {
  const { gateway, upstream, customer } = await startStage({ shutdown_timeout: '15s' })
  const slow: Script = async (socket, asked) => {
    await Bun.sleep(ANSWER_MS)
    await replyJson(chatAnswer())(socket, asked)
  }
  const body = JSON.stringify(DIALECTS.chat.body(upstream.plays(slow)))
  const head = `POST ${DIALECTS.chat.path} HTTP/1.1\r\nhost: x\r\nx-api-key: ${customer.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (data: Buffer) => {
    answer += data.toString()
  })
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.write(head + body.slice(0, 20))
  await Bun.sleep(300)
  const stopped = gateway.stop()
  await Bun.sleep(300)
  socket.write(body.slice(20))
  const code = await stopped
  await closed
  expect(answer).toStartWith('HTTP/1.1 200 OK')
  expect(answer).toContain('Hello world')
  expect(answer).toMatch(/x-tollgate-cost-usd: 0\.0*[1-9]/i)
  expect(code).toBe(0)
  await upstream.stop()
})
