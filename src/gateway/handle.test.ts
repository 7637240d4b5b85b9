import { describe, expect, test } from 'bun:test'
import { fault } from '../errors.ts'
import { err, ok } from '../result.ts'
import type { Admitted } from './call.ts'
import { createHandle, type Deps } from './handle.ts'
import { NO_TOKENS, answerOf, callOf, candidateOf, envelopeOf, PRINCIPAL, PREPARED } from './test-parts.ts'

const REFUSED = fault('invalid-request', 'no')
const CANDIDATES = [candidateOf()]
const ADMITTED: Admitted = {
  principal: PRINCIPAL,
  envelope: envelopeOf(),
  candidates: CANDIDATES,
  admission: undefined,
  reserved: NO_TOKENS,
  tab: {
    hold: { requestId: 'req_1', amount: 0n as never, durable: Promise.resolve(ok(undefined)) },
    attempts: [],
    warnings: [],
    sentAtMs: undefined,
    close: () => Promise.reject(new Error('the hot path itself closes no tab')),
  },
}

/** The hot path with every step written down; `more` makes one of them go differently. */
const stage = (more: Partial<Deps> = {}) => {
  const steps: string[] = []
  const answers = (step: string) => new Response(step)
  const deps: Deps = {
    authenticate: async () => ok(PRINCIPAL),
    read: async () => ok(ADMITTED.envelope),
    recall: async (_call, _principal, envelope) => ok(envelope),
    direct: (_call, _principal, envelope) => ok(envelope),
    choose: () => ok(CANDIDATES),
    admit: async () => ok(ADMITTED),
    attempt: async () => ok({ candidate: candidateOf(), answer: answerOf(200, '{}'), prepared: PREPARED }),
    relay: async () => answers('relayed'),
    abandon: () => answers('abandoned'),
    refuse: () => answers('refused'),
    refuseCounted: () => answers('refused and counted'),
    ...more,
  }
  const noting = Object.fromEntries(
    Object.entries(deps).map(([name, step]) => [
      name,
      (...given: never[]) => {
        steps.push(name)
        return (step as (...given: never[]) => unknown)(...given)
      },
    ]),
  ) as unknown as Deps
  return { steps, handle: createHandle(noting) }
}

describe('a request', () => {
  test('goes through every step once, in this order', async () => {
    const { steps, handle } = stage()
    expect(await (await handle(callOf())).text()).toBe('relayed')
    expect(steps).toEqual(['authenticate', 'read', 'recall', 'direct', 'choose', 'admit', 'attempt', 'relay'])
  })

  const refusals: readonly (readonly [string, Partial<Deps>, readonly string[]])[] = [
    ['of nobody', { authenticate: async () => err(REFUSED) }, ['authenticate', 'refuse']],
    ['whose body cannot be read', { read: async () => err(REFUSED) }, ['authenticate', 'read', 'refuseCounted']],
    [
      'that goes on from what is not here',
      { recall: async () => err(REFUSED) },
      ['authenticate', 'read', 'recall', 'refuseCounted'],
    ],
    [
      'that a rule refuses',
      { direct: () => err(REFUSED) },
      ['authenticate', 'read', 'recall', 'direct', 'refuseCounted'],
    ],
    [
      'nobody serves',
      { choose: () => err(REFUSED) },
      ['authenticate', 'read', 'recall', 'direct', 'choose', 'refuseCounted'],
    ],
    [
      'that is not let in',
      { admit: async () => err({ error: REFUSED, admission: undefined }) },
      ['authenticate', 'read', 'recall', 'direct', 'choose', 'admit', 'refuse'],
    ],
    [
      'nobody answers',
      { attempt: async () => err(REFUSED) },
      ['authenticate', 'read', 'recall', 'direct', 'choose', 'admit', 'attempt', 'abandon'],
    ],
  ]
  test.each(refusals)('%s is refused there, and nothing after is done', async (_what, more, expected) => {
    const { steps, handle } = stage(more)
    await handle(callOf())
    expect(steps).toEqual([...expected])
  })

  const defect = () => {
    throw new Error('a defect')
  }
  const defects: readonly (readonly [string, Partial<Deps>])[] = [
    ['sending throws', { attempt: defect }],
    ['sending rejects', { attempt: () => Promise.reject(new Error('a defect')) }],
    ['relaying throws', { relay: defect }],
    ['relaying rejects', { relay: () => Promise.reject(new Error('a defect')) }],
  ]
  test.each(defects)('after whose admission %s is given up once, and the defect told', async (_what, more) => {
    const { steps, handle } = stage(more)
    await expect(handle(callOf())).rejects.toThrow('a defect')
    expect(steps.filter((step) => step === 'abandon')).toEqual(['abandon'])
    expect(steps.at(-1)).toBe('abandon')
  })

  const early: readonly (readonly [string, Partial<Deps>])[] = [
    ['authenticate', { authenticate: defect }],
    ['read', { read: defect }],
    ['recall', { recall: defect }],
    ['direct', { direct: defect }],
    ['choose', { choose: defect }],
    ['admit', { admit: defect }],
  ]
  test.each(early)('that breaks in %s holds nothing, so there is nothing to give up', async (step, more) => {
    const { steps, handle } = stage(more)
    await expect(handle(callOf())).rejects.toThrow('a defect')
    expect(steps.at(-1)).toBe(step)
  })
})
