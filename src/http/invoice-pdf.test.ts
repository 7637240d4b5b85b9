import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { inflateSync } from 'node:zlib'
import { nanoUsd } from '../units.ts'
import { monthNamed, monthsBetween } from './invoice-months.ts'
import { type Invoice, invoicePdf } from './invoice-pdf.ts'

const noMonth = (): never => {
  throw new Error('no such month')
}
const MONTH = monthNamed('2026-10') ?? noMonth()
const INVOICE: Invoice = {
  month: MONTH,
  sums: {
    opening: nanoUsd(5_000_000_000n),
    charges: [{ model: 'claude-sonnet-4-6', requests: 12, amount: nanoUsd(1_234_567_891n) }],
    others: [{ kind: 'credit', postings: 1, amount: nanoUsd(10_000_000_000n) }],
    closing: nanoUsd(13_765_432_109n),
  },
  organisation: { id: 'user_01jd8m3q7x', name: 'Ada & Co', email: 'ada@example.com' },
  issuer: 'https://gateway.example.com',
  isFinal: true,
}
const named = (name: string): Invoice => ({ ...INVOICE, organisation: { ...INVOICE.organisation, name } })

/** The texts of a file, in the order they were drawn, read without the library that wrote it. */
const textsIn = (file: Uint8Array): readonly string[] => {
  const raw = Buffer.from(file).toString('latin1')
  const contents = [...raw.matchAll(/\/Length (\d+)[^>]*>>\s*stream\r?\n/g)].map((match) => {
    const start = match.index + match[0].length
    return inflateSync(Buffer.from(raw.slice(start, start + Number(match[1])), 'latin1')).toString('latin1')
  })
  return contents.flatMap((content) =>
    [...content.matchAll(/<([0-9A-Fa-f]*)> Tj/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')),
  )
}

describe('an invoice', () => {
  test('says who owes what for which month, to the last digit', async () => {
    const texts = textsIn(await invoicePdf(INVOICE))
    expect(texts).toEqual(
      expect.arrayContaining([
        'Invoice 2026-10',
        'Ada & Co',
        'user_01jd8m3q7x',
        'Issued by https://gateway.example.com',
        'For 2026-10-01 to 2026-10-31, in UTC. All amounts in US dollars.',
        '5.000000000',
        'claude-sonnet-4-6',
        '12',
        '-1.234567891',
        '10.000000000',
        '13.765432109',
      ]),
    )
    expect(texts.join(' ')).not.toContain('Preliminary')
    expect(textsIn(await invoicePdf({ ...INVOICE, isFinal: false })).join(' ')).toContain('Preliminary')
  })

  test('is the same file whenever it is made', async () => {
    const first = await invoicePdf(INVOICE)
    await Bun.sleep(1_100)
    expect(Buffer.from(await invoicePdf(INVOICE)).equals(Buffer.from(first))).toBe(true)
  })

  test.each([
    ['Nguyễn Văn Ánh', 'Nguyen Van Ánh'],
    ['Đặng', 'Dang'],
    ['Müller & Søn', 'Müller & Søn'],
    ['Łódź', 'Lódz'],
    ['王小明 Ltd', '??? Ltd'],
    ['😀', '?'],
    ['“Quoted” – it’s', '"Quoted" - it\'s'],
    ['a\nb\tc', 'a b c'],
    ['\u0000\u202e', '??'],
  ])('writes the name %p as its fonts can', async (name, written) => {
    expect(textsIn(await invoicePdf(named(name)))).toContain(written)
  })

  test('is made whatever a name is made of, and however long it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (name) => {
        expect((await invoicePdf(named(name))).length).toBeGreaterThan(500)
      }),
      { seed: 20_261_121, numRuns: 25 },
    )
  })

  test('goes on over as many pages as it takes', async () => {
    const charges = Array.from({ length: 200 }, (_, index) => ({
      model: `model-${index}-${'x'.repeat(index)}`,
      requests: index,
      amount: nanoUsd(BigInt(index)),
    }))
    const file = await invoicePdf({ ...INVOICE, sums: { ...INVOICE.sums, charges } })
    expect(
      Buffer.from(file)
        .toString('latin1')
        .match(/\/Type \/Page\b/g)?.length,
    ).toBeGreaterThan(4)
    expect(textsIn(file).filter((text) => /^model-\d+-/.test(text)).length).toBe(200)
  })
})

describe('months', () => {
  test.each(['2026-13', '2026-00', '1999-12', '26-10', '2026-1', 'x'])('%s is none', (name) => {
    expect(monthNamed(name)).toBeUndefined()
  })

  test('go from one moment to another, newest first', () => {
    const months = monthsBetween(Date.UTC(2025, 10, 30), Date.UTC(2026, 1, 1), 100)
    expect(months.map(({ name }) => name)).toEqual(['2026-02', '2026-01', '2025-12', '2025-11'])
    expect(monthsBetween(0, Date.UTC(2026, 1, 1), 3).length).toBe(3)
    for (const [index, month] of months.entries()) expect(month.startMs).toBe(months[index + 1]?.endMs ?? month.startMs)
  })
})
