import { expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { err, ok } from '../result.ts'
import { createGoogleTokens } from './google-tokens.ts'
import type { Send } from './types.ts'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const KEY = JSON.stringify({
  client_email: 'a@b.example',
  private_key: privateKey,
  token_uri: 'http://tokens.example/t',
})
const ACCOUNT = {
  kind: PROVIDER_KINDS.vertex ?? PROVIDER_KINDS.gemini,
  timeouts: { connectMs: 1_000, firstByteMs: 1_000, idleMs: 1_000, totalMs: 1_000 },
  proxy: 'http://proxy.example:3128',
}

type Answered = { readonly status: number; readonly body: string } | 'unreachable'

/** Tokens given out by a service whose answers are made up, at a time that is. */
const open = () => {
  const world = { nowMs: 1_700_000_000_000, asked: 0, places: [] as string[] }
  let answer: () => Answered = () => ({
    status: 200,
    body: JSON.stringify({ access_token: `token-${world.asked}`, expires_in: 3_600 }),
  })
  const send: Send = async () => {
    world.asked += 1
    const told = answer()
    if (told === 'unreachable') return err({ kind: 'connect', untouched: true, detail: 'refused' })
    return ok({
      status: told.status,
      headers: new Headers(),
      read: async () => ok(undefined),
      whole: async () => ok(new TextEncoder().encode(told.body)),
      cancel: () => {},
    })
  }
  const tokens = createGoogleTokens({
    sendTo: ({ baseUrl, proxy }) => {
      world.places.push(`${baseUrl} by ${proxy}`)
      return send
    },
    nowMs: () => world.nowMs,
  })
  const { kind } = ACCOUNT
  if (!kind) throw new Error('there is no kind for Google')
  return {
    world,
    answers: (next: () => Answered) => {
      answer = next
    },
    ask: (key = KEY) => tokens.tokenOf(key, { ...ACCOUNT, kind }),
    forget: () => tokens.forget(KEY),
  }
}

test('a token is kept until a minute before its end, then fetched again', async () => {
  const { world, ask } = open()
  expect(await ask()).toEqual(ok('token-1'))
  world.nowMs += 58 * 60_000
  expect(await ask()).toEqual(ok('token-1'))
  world.nowMs += 60_000
  expect(await ask()).toEqual(ok('token-2'))
  expect(world.places).toEqual(Array.from({ length: 2 }, () => 'http://tokens.example/t by http://proxy.example:3128'))
})

test('however many wait for a token, before the first and at its end, it is asked for once', async () => {
  const { world, ask } = open()
  const all = () => Promise.all(Array.from({ length: 5 }, () => ask()))
  expect(await all()).toEqual(Array.from({ length: 5 }, () => ok('token-1')))
  world.nowMs += 3_600_000
  expect(await all()).toEqual(Array.from({ length: 5 }, () => ok('token-2')))
})

test('a failure is told to all who waited and is not kept', async () => {
  const { world, ask, answers } = open()
  answers(() => 'unreachable')
  const failed = await Promise.all([ask(), ask()])
  expect(failed.map((each) => !each.ok && each.error.isRefused)).toEqual([false, false])
  expect(world.asked).toBe(1)
  answers(() => ({ status: 200, body: '{"access_token":"late","expires_in":3600}' }))
  expect(await ask()).toEqual(ok('late'))
})

test.each([
  [{ status: 400, body: '{"error":"invalid_grant"}' }, true],
  [{ status: 401, body: '' }, true],
  [{ status: 429, body: '' }, false],
  [{ status: 503, body: 'busy' }, false],
  [{ status: 200, body: '{"access_token":"with\\r\\nheader"}' }, false],
  [{ status: 200, body: '{}' }, false],
])('an answer %j is no token; the key is to blame: %p', async (answer, isRefused) => {
  const { ask, answers } = open()
  answers(() => answer)
  const told = await ask()
  expect(!told.ok && told.error.isRefused).toBe(isRefused)
})

test('a forgotten token is fetched again', async () => {
  const { ask, forget } = open()
  await ask()
  forget()
  expect(await ask()).toEqual(ok('token-2'))
})

test.each([
  ['{"client_email":"a@b.example"}'],
  ['{not json'],
  [JSON.stringify({ client_email: 'a@b.example', private_key: 'no key' })],
  [JSON.stringify({ client_email: 'a', private_key: privateKey, token_uri: 'file:///etc' })],
])('a key that cannot sign asks nobody and is the operator’s fault: %#', async (key) => {
  const { world, ask } = open()
  const told = await ask(key)
  expect([!told.ok && told.error.isRefused, world.asked]).toEqual([true, 0])
  expect(JSON.stringify(told)).not.toContain('PRIVATE')
})

test('a key that is a token already is given back', async () => {
  const { world, ask } = open()
  expect(await ask('ya29.x')).toEqual(ok('ya29.x'))
  expect(world.asked).toBe(0)
})
