import { describe, expect, test } from 'bun:test'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { err, ok } from '../result.ts'
import { checkRequestOf, createCheck } from './check.ts'
import type { UpstreamFault, UpstreamRequest } from './types.ts'

const kindOf = (name: string) => {
  const kind = PROVIDER_KINDS[name]
  if (!kind) throw new Error(`there is no kind ${name}`)
  return kind
}

const requestOf = (name: string, baseUrl = 'https://vendor.example/base') => {
  const kind = kindOf(name)
  return checkRequestOf({ kind, baseUrl: kind.baseUrl ?? baseUrl, formats: kind.formats }, 'vendor-key')
}

describe('what is asked to know whether a key is good', () => {
  test.each([
    ['openai', 'https://api.openai.com/v1/models', 'authorization', 'Bearer vendor-key'],
    ['anthropic', 'https://api.anthropic.com/v1/models', 'x-api-key', 'vendor-key'],
    ['gemini', 'https://generativelanguage.googleapis.com/v1beta/models', 'x-goog-api-key', 'vendor-key'],
    ['deepseek', 'https://api.deepseek.com/models', 'authorization', 'Bearer vendor-key'],
    // Its best format is at another root than its list.
    ['minimax', 'https://api.minimax.io/v1/models', 'authorization', 'Bearer vendor-key'],
    ['openrouter', 'https://openrouter.ai/api/v1/key', 'authorization', 'Bearer vendor-key'],
    ['azure', 'https://vendor.example/base/models', 'api-key', 'vendor-key'],
    ['azure-deployments', 'https://vendor.example/base/openai/models?api-version=2024-10-21', 'api-key', 'vendor-key'],
  ])('of %s is %s', (kind, url, header, value) => {
    const request = requestOf(kind)
    expect(request).toMatchObject({ method: 'GET', url, body: undefined })
    expect(request?.headers[header]).toBe(value)
    expect(request?.headers['content-type']).toBeUndefined()
  })

  test.each(['bedrock', 'vertex', 'cohere', 'voyage', 'claude-cli'])('of %s is nothing', (kind) => {
    expect(requestOf(kind)).toBeUndefined()
  })

  test('is said of every kind: a list, a path of its own, or nothing', () => {
    const urls = Object.keys(PROVIDER_KINDS).map((kind) => requestOf(kind)?.url)
    expect(urls.filter((url) => url !== undefined).length).toBeGreaterThan(15)
    for (const url of urls) if (url !== undefined) expect(() => new URL(url)).not.toThrow()
  })

  test('carries what the vendor wants of every request', () => {
    expect(requestOf('anthropic')?.headers['anthropic-version']).toBeDefined()
  })
})

describe('a check', () => {
  const kind = kindOf('openai')
  const timeouts = { connectMs: 5, firstByteMs: 600_000, idleMs: 20, totalMs: 3_600_000 }
  const provider = { kind, baseUrl: 'http://vendor.example', formats: kind.formats, timeouts, proxy: null }

  const stage = (answer: number | UpstreamFault['kind'], authorizes = true) => {
    const sent: UpstreamRequest[] = []
    let cancelled = 0
    const check = createCheck({
      authorizer: {
        authorize: async (_account, _key, request) =>
          authorizes ? ok(request) : err({ kind: 'token', detail: 'no' } as never),
      },
      sendTo: () => async (request) => {
        sent.push(request)
        if (typeof answer !== 'number') return err({ kind: answer, untouched: true, detail: '' })
        const cancel = () => {
          cancelled += 1
        }
        const never = () => Promise.reject(new Error('nothing of the body is wanted'))
        return ok({ status: answer, headers: new Headers(), read: never, whole: never, cancel })
      },
    })
    const run = () => check(provider, 'vendor-key', new AbortController().signal)
    return { run, sent, cancelled: () => cancelled }
  }

  test('tells the status, reads nothing more, and gives the connection back', async () => {
    const { run, sent, cancelled } = stage(401)
    expect(await run()).toEqual({ status: 401 })
    expect(cancelled()).toBe(1)
    expect(sent[0]?.timeouts).toMatchObject({ connectMs: 5, firstByteMs: 10_000, totalMs: 10_000 })
  })

  test('tells why there was no answer', async () => {
    expect(await stage('timeout-first-byte').run()).toEqual({ fault: 'timeout-first-byte' })
    expect(await stage(200, false).run()).toEqual({ fault: 'no-token' })
  })

  test('sends nothing where there is nothing to ask for', async () => {
    const { sent } = stage(200)
    const check = createCheck({ authorizer: { authorize: () => Promise.reject(new Error()) }, sendTo: () => never })
    const never = () => Promise.reject(new Error('nothing is sent'))
    const bedrock = kindOf('bedrock')
    const unlisted = { ...provider, kind: bedrock, formats: bedrock.formats }
    expect(await check(unlisted, 'k', new AbortController().signal)).toEqual({ fault: 'nothing-to-ask' })
    expect(sent).toEqual([])
  })
})
