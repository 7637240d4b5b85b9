import { describe, expect, test } from 'bun:test'
import { hashOfCode, hintOfCode, newCode } from './codes-secret.ts'

describe('a code', () => {
  test('is its prefix and sixteen letters and digits that are read alike by nobody', () => {
    const codes = Array.from({ length: 500 }, () => newCode('TG'))
    for (const code of codes) expect(code).toMatch(/^TG(-[0-9A-HJKMNP-TV-Z]{4}){4}$/)
    expect(new Set(codes).size).toBe(codes.length)
  })

  test.each([
    'tg-7k2m-9qxa-0trd-v4hb',
    'TG7K2M9QXA0TRDV4HB',
    ' TG 7K2M 9QXA OTRD V4HB ',
    'TG–7K2M–9QXA–0TRD–V4HB',
    'TG_7K2M_9QXA_0TRD_V4HB',
  ])('is found when it is written %s', (written) => {
    expect(hashOfCode(written)).toBe(hashOfCode('TG-7K2M-9QXA-0TRD-V4HB'))
  })

  test.each(['TG-7K2M-9QXA-0TRD-V4HC', 'SG-7K2M-9QXA-0TRD-V4HB', 'TG-7K2M-9QXA-0TRD', ''])(
    'is another than %s',
    (other) => {
      expect(hashOfCode(other)).not.toBe(hashOfCode('TG-7K2M-9QXA-0TRD-V4HB'))
    },
  )

  test('is told by how it begins and ends', () => {
    expect(hintOfCode('SPRING-7K2M-9QXA-0TRD-V4HB')).toBe('SPRING-…-V4HB')
  })
})
