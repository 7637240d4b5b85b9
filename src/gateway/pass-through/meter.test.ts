import { describe, expect, test } from 'bun:test'
import { createEventMeter, createWeight, observeJson } from './meter.ts'

const LIMITS = { eventBytesMax: 1_000, deliveredBytesMax: 20, outputTokensMax: 100, inputTokens: 7 }
const metered = (events: string, cut = 1) => {
  const meter = createEventMeter(LIMITS)
  const bytes = Buffer.from(events)
  for (let at = 0; at < bytes.length; at += cut) meter.push(bytes.subarray(at, at + cut))
  return meter
}
const START = 'data: {"message":{"usage":{"input_tokens":10,"output_tokens":1}}}\n\n'
const DELTA = 'data: {"type":"message_delta","usage":{"output_tokens":9}}\n\n'
const STOP = 'data: {"type":"message_stop"}\n\n'

describe('the meter of a stream', () => {
  test('reads the same, wherever its chunks are cut', () => {
    for (const cut of [1, 2, 7, 1_000])
      expect(metered(START + DELTA + STOP, cut).observe(true)).toMatchObject({
        usage: { input: 10, output: 9 },
        terminal: true,
        contentSeen: true,
      })
  })

  test('does not take a usage for the last one that is told at the start', () => {
    expect(metered(START).observe(true).terminal).toBe(false)
    expect(metered(START + DELTA).observe(true).terminal).toBe(false)
    expect(metered('data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n').observe(false).terminal).toBe(false)
    expect(metered('data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n').observe(true).terminal).toBe(true)
  })

  test('knows the tier of service that the answer was given', () => {
    expect(metered('data: {"response":{"service_tier":"flex"}}\n\n').observe(true).serviceTier).toBe('flex')
    expect(observeJson(Buffer.from('{"service_tier":"priority","usage":{"prompt_tokens":3}}')).serviceTier).toBe(
      'priority',
    )
  })

  test('keeps no more of an event, and of text, than it may', () => {
    const large = `data: {"text":"${'x'.repeat(2_000)}"}\n\n`
    const small = 'data: {"delta":"0123456789"}\n\n'
    const meter = metered(large + small + small + small, 100)
    expect(meter.delivered()).toBe('01234567890123456789')
  })

  test('is not led astray by what is no JSON', () => {
    expect(metered(': ping\n\ndata: nonsense\n\ndata: [1]\n\n').observe(true)).toMatchObject({
      usage: undefined,
      terminal: false,
      contentSeen: true,
    })
    expect(metered(': ping\n\n').observe(true).contentSeen).toBe(false)
  })
})

describe('the weight of an answer', () => {
  test('is what its size comes to, and at most what the model writes', () => {
    const weight = createWeight(LIMITS)
    expect(weight.observe(true)).toMatchObject({ contentSeen: false })
    weight.push(new Uint8Array(375))
    expect(weight.observe(true)).toMatchObject({ usage: { input: 7, output: 10 }, terminal: false, contentSeen: true })
    weight.push(new Uint8Array(100_000))
    expect(weight.observe(true)).toMatchObject({ usage: { output: 100 } })
  })
})
