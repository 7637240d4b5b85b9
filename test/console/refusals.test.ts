import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { BASE_ERROR_CODES } from '@better-auth/core/error'
import { TWO_FACTOR_ERROR_CODES } from 'better-auth/plugins/two-factor'
import { createTranslate, type Wordings } from '../../console/src/api/said.ts'
import { REFUSALS, WORDS } from '../../src/accounts/refusals.ts'
import { ERRORS } from '../../src/errors.ts'
import { insufficientBalance } from '../../src/ledger/refusals.ts'
import { PLACE, refusalsIn } from './refusals.ts'

const wordings = (language: string): Wordings =>
  JSON.parse(readFileSync(`console/src/locales/${language}/refusals.json`, 'utf8'))
const ENGLISH = wordings('en')
const OTHERS = ['zh-CN', 'vi'] as const

/** What can refuse somebody who uses the console; the last lines, what the playground asks for. */
const ASKED = [
  ...['src/http/admin', 'src/accounts', 'src/main', 'src/ledger', 'src/ledger/shared', 'src/db/queries', 'src/keys'],
  ...['src/gateway/no-route.ts', 'src/gateway/upstream-errors.ts', 'src/gateway/upstream-failures.ts'],
  ...['src/gateway/relay.ts', 'src/routing/choose.ts', 'src/providers/catalogue.ts'],
]
const said = refusalsIn(ASKED)

/** The name of a field and what is wrong with it: said by its parts. */
const OF_FIELD = /^(?:◌|[a-z_]+) ◌\.?$/
/** What is for the log, and told to nobody. */
const UNSAID: ReadonlySet<string> = new Set(['it did not answer in time', 'it has not answered in time'])

/** With something to be recognised in every place. */
const example = (text: string): { readonly text: string; readonly values: readonly string[] } => {
  const values: string[] = []
  const exampleText = text.replaceAll(PLACE, () => {
    values.push(`thing${values.length}`)
    return values.at(-1) ?? ''
  })
  return { text: exampleText, values }
}

test.each(Object.values(ERRORS).map(({ code }) => [code]))('the code %s is said in words', (code) => {
  expect(Object.keys(ENGLISH.code)).toContain(code)
})

describe('a code of the library that signs people in', () => {
  const codes = [
    ...Object.keys(BASE_ERROR_CODES),
    ...Object.keys(TWO_FACTOR_ERROR_CODES),
    ...Object.values(REFUSALS).map(({ code }) => code),
    ...Object.keys(WORDS),
  ]

  test.each([...new Set(codes.map((code) => code.toLowerCase()))].map((code) => [code]))('%s is said', (code) => {
    expect(Object.keys(ENGLISH.library)).toContain(code)
  })
})

describe.each(OTHERS.map((language) => [language]))('in %s', (language) => {
  const translate = createTranslate(ENGLISH, wordings(language))

  test('every message that may be refused with is said, with all its names and figures', () => {
    const wrong = [...said.messages]
      .filter(([text]) => !OF_FIELD.test(text) && !UNSAID.has(text))
      .filter(([text]) => {
        const { text: message, values } = example(text)
        const words = translate('said', message)
        return words === undefined || words === message || values.some((value) => !words.includes(value))
      })
    expect(wrong).toEqual([])
  })

  test('everything that may be said of a field is said, with all its figures', () => {
    const wrong = [...said.issues].filter(([text]) => {
      const { text: issue, values } = example(text)
      const words = translate('issue', issue)
      return words === undefined || words === issue || values.some((value) => !words.includes(value))
    })
    expect(wrong).toEqual([])
  })
})

/** What they are put together of is said, or a code says it; their details stay in English. */
const PUT_TOGETHER = [
  'src/http/admin/provider-keys.ts: done.error',
  'src/http/admin/price-changes.ts: resolved.error.message',
  'src/http/admin/reconciliations.ts: bill.error',
  'src/http/admin/session-auth.ts: REFUSALS[refusal].message',
  'src/http/admin/session-auth.ts: message',
  "src/http/admin/refusal.ts: mistakes.map(({ field, issue }) => `${field || 'The body'} ${issue}`).join('; ')",
  'src/gateway/upstream-failures.ts: accountMessage(id)',
]

test('messages that are put together elsewhere are known to be', () => {
  expect(said.foreign.filter((text) => !PUT_TOGETHER.includes(text))).toEqual([])
})

test('a refusal for want of money says in every language how much of it there is', () => {
  const { message } = insufficientBalance(5_000_000_000n, 1_230_000_000n)
  const translate = createTranslate(ENGLISH, wordings('zh-CN'))
  expect(translate('said', message)).toBe(
    '此请求最多可能花费 5.000000000 USD，可用余额为 1.230000000 USD。请充值、等待进行中的请求结束，或减少输出 token。',
  )
})

test('a part of a message that is words of the gateway is translated too, and a name that looks like one is not', () => {
  const translate = createTranslate(ENGLISH, wordings('vi'))
  expect(translate('said', 'There is no project with the id key.')).toBe('Không có dự án với ID key.')
  expect(translate('said', 'There is no group "user"; group must be one of default, key.')).toBe(
    'Không có nhóm "user"; group phải là một trong default, key.',
  )
})
