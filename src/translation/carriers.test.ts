import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { OPAQUE_KINDS, type Opaque } from '../canon/blocks.ts'
import { createCarriers } from './carriers.ts'

const carriers = createCarriers(Buffer.from('a secret of this installation'))
const opaque: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"héllo","signature":"Ab+/=="}' }

describe('an envelope', () => {
  test('gives back what was sealed, whatever the bytes', () => {
    const kinds = fc.constantFrom(...OPAQUE_KINDS)
    const anything = fc.record({
      family: fc.constantFrom('anthropic', 'openai', 'a-b'),
      kind: kinds,
      data: fc.string({ unit: 'binary' }),
    })
    fc.assert(
      fc.property(anything, (sealed) => {
        expect(carriers.open(carriers.seal(sealed))).toEqual(sealed)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  test('is the same text each time, so that a prompt’s prefix stays the same', () => {
    expect(carriers.seal(opaque)).toBe(carriers.seal(opaque))
  })

  test('is damaged by any change of any character', () => {
    const sealed = carriers.seal(opaque)
    for (let at = 4; at < sealed.length - 1; at += 1) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      expect([at, carriers.open(changed)]).toEqual([at, 'damaged'])
    }
  })

  const DAMAGED = ['tg1.', 'tg1.anthropic.thinking.', 'tg1...', 'tg1.a.b.c.d.e']
  test.each(DAMAGED)('of no sense is damaged: %s', (text) => {
    expect(carriers.open(text)).toBe('damaged')
  })

  test('of another installation is damaged', () => {
    expect(createCarriers(Buffer.from('another')).open(carriers.seal(opaque))).toBe('damaged')
  })

  test('is not seen in a vendor’s own signature', () => {
    for (const own of ['', 'EqQBCkYIBxgCKkA=', 'tg1', 'gAAAAABo']) expect(carriers.open(own)).toBeUndefined()
  })

  test('may be kept where only letters, digits, dots, dashes and underscores may be', () => {
    expect(carriers.seal(opaque)).toMatch(/^[\w.-]+$/)
  })
})
