import { describe, expect, test } from 'bun:test'
import type { Carriers } from '../canon/codec.ts'
import { UPSTREAM_FORMATS, type UpstreamFormat, type WireFormat } from '../canon/operation.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Scan } from '../canon/scan.ts'
import { CODECS, UPSTREAM_CODECS } from '../protocols/codecs.ts'
import { DEFAULT_PROFILES } from '../providers/profiles.ts'
import { sentTier, translatedTier, writtenTier } from './sent-tier.ts'

const scanOf = (body: string): Scan => {
  const scan = scanObject(new TextEncoder().encode(body), { depthMax: 50 })
  if (!scan.ok) throw new Error(scan.error.message)
  return scan.value
}

const escaped = (word: string): string =>
  word.replace(/./g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

describe('the tier a body asks for', () => {
  const bodies: readonly [UpstreamFormat, string, string | undefined][] = [
    ['openai-chat', '{"model":"m"}', undefined],
    ['openai-chat', '{"service_tier":"flex"}', 'flex'],
    ['openai-responses', '{"service_tier":"auto"}', undefined],
    ['openai-chat', '{"service_tier":null}', undefined],
    ['openai-chat', '{"service_tier":7}', undefined],
    ['openai-chat', '{"service_tier":"pri\\u006frity"}', 'priority'],
    ['openai-chat', `{"service_tier":"${escaped('priority')}"}`, 'priority'],
    ['openai-chat', '{"service_t\\u0069er":"priority"}', 'priority'],
    ['openai-chat', '{"service_tier":"priority\\q"}', undefined],
    ['openai-chat', `{"service_tier":"${'x'.repeat(200)}"}`, undefined],
    ['openai-chat', `{"service_tier":"${'x'.repeat(2_000)}"}`, undefined],
    ['openai-chat', '{"service_tier":"a tier"}', undefined],
    // Names of other formats are nothing to this one's vendor.
    ['openai-chat', '{"speed":"fast","serviceTier":"priority"}', undefined],
    ['gemini', '{"serviceTier":"SERVICE_TIER_PRIORITY"}', 'priority'],
    ['gemini', '{"service_tier":"flex"}', 'flex'],
    ['gemini', '{"speed":"fast"}', undefined],
    ['anthropic-messages', '{"speed":"fast"}', 'fast'],
    ['anthropic-messages', '{"speed":"standard","service_tier":"priority"}', 'priority'],
    ['anthropic-messages', '{"serviceTier":"priority"}', undefined],
    ['anthropic-messages', '{"inference_geo":"us"}', 'us'],
    ['anthropic-messages', '{"inference_geo":"us","speed":"fast"}', 'fast_us'],
    ['anthropic-messages', '{"inference_geo":"us","service_tier":"standard_only"}', 'us'],
    ['anthropic-messages', '{"inference_geo":"global","speed":"fast"}', 'fast'],
    ['openai-chat', '{"inference_geo":"us"}', undefined],
    ['bedrock-converse', '{"service_tier":"priority"}', undefined],
  ]
  test.each(bodies)('of %s: %p', (format, body, tier) => {
    expect(sentTier(format, scanOf(body))).toBe(tier as string)
  })

  // What is not JSON is never written by Tollgate.
  test.each(bodies.filter(([, body]) => !body.includes('\\q')))(
    'is the same in a body of %s that was written here: %p',
    (format, body, tier) => {
      expect(writtenTier(format, JSON.parse(body))).toBe(tier as string)
    },
  )
})

const carriers: Carriers = { seal: () => '', open: () => undefined }

const talk = { role: 'user', content: 'hi' }
const BODIES: Readonly<Partial<Record<WireFormat, object>>> = {
  'openai-chat': { model: 'm', messages: [talk] },
  'openai-responses': { model: 'm', input: 'hi' },
  'anthropic-messages': { model: 'm', max_tokens: 9, messages: [talk] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
  'openai-completions': { model: 'm', prompt: 'hi' },
}
const WISHES = [
  {},
  { speed: 'fast' },
  ...['auto', 'default', 'standard', 'standard_only', 'scale', 'flex', 'priority', 'fast', 'ultrafast'].flatMap(
    (word) => [
      { service_tier: word },
      { service_tier: word.toUpperCase() },
      { serviceTier: word },
      { serviceTier: `SERVICE_TIER_${word.toUpperCase()}` },
      { service_tier: word, speed: 'fast' },
    ],
  ),
]

describe('the tier that a translation may come to send is what codecs write', () => {
  const pairs = Object.keys(BODIES).flatMap((from) =>
    UPSTREAM_FORMATS.filter((to) => to !== from && UPSTREAM_CODECS[to]).map((to) => [from as WireFormat, to] as const),
  )
  test.each(pairs)('from %s to %s', (from, to) => {
    for (const serviceTier of [true, false])
      for (const wish of WISHES) {
        const body = { ...BODIES[from], ...wish }
        const read = CODECS[from]?.parseRequest(body, { format: from, action: 'generate' }, carriers)
        const profile = { ...DEFAULT_PROFILES[to], serviceTier }
        const written = read?.ok
          ? UPSTREAM_CODECS[to]?.renderRequest(read.value.conversation, { model: 'm', profile, stream: false })
          : undefined
        const tier = written?.ok ? writtenTier(to, written.value.body) : undefined
        const quoted = translatedTier(from, to, () => serviceTier, scanOf(JSON.stringify(body)))
        expect({ wish, serviceTier, tier: quoted }).toEqual({ wish, serviceTier, tier })
      }
  })
})
