import { describe, expect, test } from 'bun:test'
import { type CeilingsOptions, createCeilings, type Limits } from './ceilings.ts'
import { callOf, candidateOf, PRINCIPAL } from './test-parts.ts'

const NONE: Limits = { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null }
const PROJECT = `project_${'0'.repeat(26)}`

const stage = (more: Partial<CeilingsOptions> = {}) =>
  createCeilings({
    perUser: NONE,
    perProject: NONE,
    groups: new Map([['default', NONE]]),
    models: new Map(),
    addressOf: undefined,
    ...more,
  })

const candidate = (id: string) => ({ ...candidateOf(), model: { ...candidateOf().model, id } })

describe('a request is limited by', () => {
  test('nobody where there are no limits', () => {
    const ceilings = stage()
    expect(ceilings.ofAdmitted(callOf(), PRINCIPAL, [candidateOf()])).toEqual([])
    expect(ceilings.ofCounted(callOf(), PRINCIPAL)).toEqual([])
  })

  test('its key, user, project and group, and each model that may answer it, once', () => {
    const ceilings = stage({
      perUser: { ...NONE, concurrency: 5 },
      perProject: { ...NONE, itpm: 6 },
      groups: new Map([['default', { ...NONE, otpm: 7 }]]),
      models: new Map([
        ['m1', { ...NONE, rpm: 8 }],
        ['m2', { ...NONE, rpm: 9 }],
        ['m3', { ...NONE, rpm: 10 }],
        ['m4', NONE],
      ]),
    })
    const candidates = ['m1', 'm1', 'm2', 'm4', 'm1'].map(candidate)
    const own = { rpm: 3, tpm: 4, itpm: 5, otpm: 6, concurrency: 7 }
    const principal = { ...PRINCIPAL, ...own, projectId: PROJECT }
    const found = ceilings.ofAdmitted(callOf(), principal, candidates)
    expect(found).toMatchObject([
      { subject: 'key:key_1', ...own },
      { subject: 'user:user_1', concurrency: 5 },
      { subject: `project:${PROJECT}`, itpm: 6 },
      { subject: 'group:default', otpm: 7 },
      { subject: 'model:m1', rpm: 8 },
      { subject: 'model:m2', rpm: 9 },
    ])
    expect(found).toHaveLength(6)
  })

  test('what is found for a principal once is not made again', () => {
    const ceilings = stage()
    const principal = { ...PRINCIPAL, rpm: 3 }
    const found = ceilings.ofAdmitted(callOf(), principal, [candidateOf()])
    expect(found).toMatchObject([{ subject: 'key:key_1', rpm: 3 }])
    expect(ceilings.ofAdmitted(callOf(), principal, [candidateOf()])).toBe(found)
  })

  test('no project that another user has a label of the same name for', () => {
    const ceilings = stage({ perProject: { ...NONE, rpm: 1 } })
    const subjectOf = (userId: string, projectId: string) =>
      ceilings.ofCounted(callOf(), { ...PRINCIPAL, userId, projectId })[0]?.subject
    expect(subjectOf('user_1', 'prod')).not.toBe(subjectOf('user_2', 'prod'))
    expect(subjectOf('user_1', PROJECT)).toBe(subjectOf('user_2', PROJECT))
  })

  test('its address where there are no keys, and its group all the same', () => {
    const ceilings = stage({
      addressOf: (call) => ({ subject: `ip:${call.ip()}`, rpm: 60, burst: 10 }),
      groups: new Map([['default', { ...NONE, concurrency: 2 }]]),
    })
    expect(ceilings.ofAdmitted(callOf(), { ...PRINCIPAL, rpm: 3 }, [candidateOf()])).toMatchObject([
      { subject: 'ip:127.0.0.1', rpm: 60, burst: 10 },
      { subject: 'group:default', concurrency: 2 },
    ])
  })
})

test('a request that is only counted takes no place anywhere', () => {
  const ceilings = stage({ perUser: { ...NONE, concurrency: 5 }, models: new Map([['m1', { ...NONE, rpm: 8 }]]) })
  const counted = ceilings.ofCounted(callOf(), { ...PRINCIPAL, rpm: 3, concurrency: 1 })
  expect(counted).toMatchObject([{ subject: 'key:key_1', rpm: 3, concurrency: null }])
  expect(counted).toHaveLength(1)
})
