import { describe, expect, test } from 'bun:test'
import type { Candidate } from '../routing/types.ts'
import { onlyAllowed } from './allow.ts'
import { candidateOf } from './test-parts.ts'

const asked = (requestedAs: string, id: string): Candidate => {
  const candidate = candidateOf()
  return { ...candidate, requestedAs, model: { ...candidate.model, id } }
}

const judged = (models: readonly string[] | null, ...candidates: readonly Candidate[]): unknown => {
  const result = onlyAllowed({ models: models && new Set(models) }, candidates)
  return result.ok ? result.value.map(({ requestedAs }) => requestedAs) : result.error.kind
}

describe('a key with a list of models', () => {
  test('may use what the list names, by id or by the name asked for', () => {
    expect(judged(['m1'], asked('fast', 'm1'), asked('slow', 'm2'))).toEqual(['fast'])
    expect(judged(['fast'], asked('fast', 'm1'), asked('slow', 'm2'))).toEqual(['fast'])
  })

  test('is refused when no candidate is on it', () => {
    expect(judged(['m3'], asked('fast', 'm1'), asked('slow', 'm2'))).toBe('model-not-allowed')
  })

  test('gets no fallback that is not on it, though the model asked for first is on it and served by nobody', () => {
    // Nobody serves `m1`: only the candidates of the fallback are left.
    expect(judged(['m1'], asked('dear', 'm2'))).toBe('model-not-allowed')
  })

  test('may use everything when it has none', () => {
    expect(judged(null, asked('fast', 'm1'), asked('slow', 'm2'))).toEqual(['fast', 'slow'])
  })
})
